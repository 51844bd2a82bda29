//! What access tokens cost, beside the verification of their signature alone and beside a route that
//! does not look at them. At the end the ratios are printed.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::signature::{
    ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use criterion::Criterion;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use logto_rocket::{Config, Logto, Resource};
use logto_rocket_benches::browser::Browser;
use logto_rocket_benches::estimates::median;
use logto_rocket_benches::provider::Provider;
use logto_rocket_benches::site::Orders;
use logto_rocket_benches::{floors, site};
use rocket::figment::Figment;
use rocket::http::{Header, Status};
use rocket::local::blocking::Client;
use serde::Deserialize;

type Failure = Box<dyn std::error::Error>;

/// Whether a signature is that of a message.
type Verify = Box<dyn Fn(&[u8], &[u8]) -> bool>;

/// How many different tokens there are: an application that has seen them all is replaced.
const TOKENS: usize = 4_000;

const ALGORITHMS: [Algorithm; 2] = [Algorithm::ES384, Algorithm::RS256];

/// Signed tokens, and the key that they are verified with.
struct Signed {
    algorithm: Algorithm,
    tokens: Vec<String>,
    jwk: HashMap<String, String>,
}

/// What a hand-written guard reads of a token.
#[derive(Deserialize)]
struct Claims {
    #[expect(dead_code, reason = "it is read, and no more")]
    sub: String,
    #[expect(dead_code, reason = "it is read, and no more")]
    client_id: String,
    #[expect(dead_code, reason = "it is read, and no more")]
    scope: String,
}

fn main() -> Result<(), Failure> {
    let mut criterion = Criterion::default().configure_from_args();
    for algorithm in ALGORITHMS {
        let provider = Provider::start_signing(&format!("{algorithm:?}"))?;
        let tokens = Signed::of(&provider, algorithm)?;
        tokens.measure(&mut criterion, &provider)?;
    }
    criterion.final_summary();
    println!("\n| access tokens | × |");
    println!("| --- | ---: |");
    for algorithm in ALGORITHMS {
        print_ratios(&format!("{algorithm:?}"))?;
    }
    Ok(())
}

fn print_ratios(algorithm: &str) -> Result<(), Failure> {
    let of = |name| median(algorithm, name);
    let (Some(alone), Some(bare)) = (of("aws-lc alone")?, of("bare route")?) else { return Ok(()) };
    if let Some(seen) = of("bearer, seen token")? {
        println!("| {algorithm}: a seen token, against the bare route | {:.3} |", seen / bare);
    }
    if let Some(new) = of("bearer, new token")? {
        let more = (new - bare) / alone;
        println!("| {algorithm}: what a new token adds to it, against aws-lc alone | {more:.3} |");
    }
    if let Some(other) = of("jsonwebtoken alone")? {
        println!(
            "| {algorithm}: jsonwebtoken alone, against aws-lc alone | {:.3} |",
            other / alone
        );
    }
    Ok(())
}

impl Signed {
    fn of(provider: &Provider, algorithm: Algorithm) -> Result<Self, Failure> {
        let url = format!("{}/oidc/jwks", provider.endpoint);
        let set: serde_json::Value = serde_json::from_str(&Browser::default().get(&url)?.body)?;
        let jwk = set["keys"][0].as_object().ok_or("no key")?.iter();
        let jwk = jwk.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        Ok(Self { algorithm, tokens: provider.access_tokens(TOKENS)?, jwk: jwk.collect() })
    }

    fn measure(&self, criterion: &mut Criterion, provider: &Provider) -> Result<(), Failure> {
        let mut group = criterion.benchmark_group(format!("{:?}", self.algorithm));
        let signed: Vec<_> = self.tokens.iter().filter_map(|token| signed(token)).collect();
        let verifies = self.with_aws_lc()?;
        group.bench_function("aws-lc alone", |bencher| {
            let mut signed = signed.iter().cycle();
            bencher.iter(|| {
                let (message, signature) = signed.next().expect("a cycle");
                assert!(verifies(message, signature));
            });
        });
        let key = self.key()?;
        let mut validation = Validation::new(self.algorithm);
        validation.set_audience(&[Orders::URI]);
        validation.set_issuer(&[format!("{}/oidc", provider.endpoint)]);
        group.bench_function("jsonwebtoken alone", |bencher| {
            let mut tokens = self.tokens.iter().cycle();
            bencher.iter(|| {
                let token = tokens.next().expect("a cycle");
                black_box(jsonwebtoken::decode::<Claims>(token, &key, &validation).expect("valid"));
            });
        });
        let bare = Client::untracked(floors::mounted_uncached(rocket::custom(figment())))?;
        group.bench_function("bare route", |bencher| {
            bencher.iter_custom(|times| self.ask(&bare, times));
        });
        let site = self.site(provider)?;
        self.ask(&site, u64::try_from(TOKENS)?);
        group.bench_function("bearer, seen token", |bencher| {
            bencher.iter_custom(|times| self.ask(&site, times));
        });
        group.bench_function("bearer, new token", |bencher| {
            bencher.iter_custom(|times| {
                let mut taken = Duration::ZERO;
                let mut left = times;
                while left > 0 {
                    let some = left.min(TOKENS as u64 - 1);
                    let fresh = self.site(provider).expect("a launch");
                    taken += self.ask(&fresh, some);
                    left -= some;
                }
                taken
            });
        });
        group.finish();
        Ok(())
    }

    /// The application, which has fetched the keys for the last of the tokens.
    fn site(&self, provider: &Provider) -> Result<Client, Failure> {
        let config = Config::new().endpoint(&provider.endpoint);
        let fairing = Logto::resource_server().config(config);
        let client = Client::untracked(site::api(rocket::custom(figment()), fairing))?;
        let last = self.tokens.last().ok_or("no token")?;
        let answer = client.get("/orders").header(bearer(last)).dispatch().status();
        if answer == Status::Ok { Ok(client) } else { Err(answer.to_string().into()) }
    }

    /// How long so many requests take, each with the next token.
    fn ask(&self, client: &Client, times: u64) -> Duration {
        let mut taken = Duration::ZERO;
        let tokens = self.tokens.iter().cycle();
        for token in tokens.take(usize::try_from(times).unwrap_or(usize::MAX)) {
            let request = client.get("/orders").header(bearer(token));
            let begun = Instant::now();
            let answer = request.dispatch();
            taken += begun.elapsed();
            assert_eq!(answer.status(), Status::Ok);
        }
        taken
    }

    /// The verification of a signature, and nothing else.
    fn with_aws_lc(&self) -> Result<Verify, Failure> {
        if self.algorithm == Algorithm::RS256 {
            let (n, e) = (self.bytes("n")?, self.bytes("e")?);
            let key = RsaPublicKeyComponents { n, e };
            return Ok(Box::new(move |message, signature| {
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }));
        }
        let point = [vec![4], self.bytes("x")?, self.bytes("y")?].concat();
        let key = UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point);
        Ok(Box::new(move |message, signature| key.verify(message, signature).is_ok()))
    }

    fn key(&self) -> Result<DecodingKey, Failure> {
        let of = |name: &str| self.jwk.get(name).map(String::as_str).ok_or("not in the key");
        Ok(match self.algorithm {
            Algorithm::RS256 => DecodingKey::from_rsa_components(of("n")?, of("e")?)?,
            _ => DecodingKey::from_ec_components(of("x")?, of("y")?)?,
        })
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>, Failure> {
        Ok(URL_SAFE_NO_PAD.decode(self.jwk.get(name).ok_or("not in the key")?)?)
    }
}

/// What is signed of a token, and the signature.
fn signed(token: &str) -> Option<(&[u8], Vec<u8>)> {
    let (message, signature) = token.rsplit_once('.')?;
    Some((message.as_bytes(), URL_SAFE_NO_PAD.decode(signature).ok()?))
}

fn bearer(token: &str) -> Header<'static> {
    Header::new("Authorization", format!("Bearer {token}"))
}

fn figment() -> Figment {
    Figment::from(rocket::Config::release_default())
        .merge(("log_level", "off"))
        // For the private cookies of other floors.
        .merge(("secret_key", "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk="))
}
