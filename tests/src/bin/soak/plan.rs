//! [`run`]: what goes wrong in a round, and when.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault};
use rocket::tokio::time::{Instant, sleep, sleep_until};

use crate::Failure;
use crate::outages::Part;
use crate::world::World;

/// How long a slow Redis does nothing at a time, and how long it works in between.
const STOPS: Duration = Duration::from_millis(300);
const WORKS: Duration = Duration::from_millis(100);

/// By how much Logto is slow.
const SLOW: Duration = Duration::from_secs(1);

/// At which hundredths of a round something goes wrong, and for how many hundredths at least and most seconds.
const AT: [u32; 3] = [20, 40, 75];
const LASTS: u32 = 5;
const AT_LEAST: Duration = Duration::from_secs(2);
const AT_MOST: Duration = Duration::from_secs(15);

/// Something that goes wrong.
#[derive(Clone, Copy)]
enum Trouble {
    RedisSlow,
    RedisSilent,
    RedisKilled,
    LogtoSlow,
    LogtoSilent,
    LogtoStopped,
}

/// What goes wrong in one round, and in the next.
const ROUNDS: [[Trouble; 3]; 2] = [
    [Trouble::RedisSlow, Trouble::LogtoStopped, Trouble::RedisKilled],
    [Trouble::RedisSilent, Trouble::LogtoSilent, Trouble::LogtoSlow],
];

/// Lets things go wrong in a round of this length.
///
/// # Errors
///
/// If something does not come back.
pub async fn run(
    world: &World,
    round: usize,
    begun: Instant,
    length: Duration,
) -> Result<(), Failure> {
    let time = (length * LASTS / 100).clamp(AT_LEAST, AT_MOST);
    for (at, trouble) in AT.into_iter().zip(ROUNDS[round % ROUNDS.len()]) {
        sleep_until(begun + length * at / 100).await;
        trouble.happen(world, time).await?;
    }
    Ok(())
}

impl Trouble {
    async fn happen(self, world: &World, time: Duration) -> Result<(), Failure> {
        let (what, part) = match self {
            Self::RedisSlow => ("Redis is slow", Part::Redis),
            Self::RedisSilent => ("Redis is silent", Part::Redis),
            Self::RedisKilled => ("Redis is killed and started", Part::Redis),
            Self::LogtoSlow => ("Logto is slow", Part::Logto),
            Self::LogtoSilent => ("Logto is silent", Part::Logto),
            Self::LogtoStopped => ("Logto is stopped and started", Part::Logto),
        };
        world.outages().begin(what, part);
        match self {
            Self::RedisSlow => {
                let until = Instant::now() + time;
                while Instant::now() < until {
                    world.redis().pause();
                    sleep(STOPS).await;
                    world.redis().resume();
                    sleep(WORKS).await;
                }
            }
            Self::RedisSilent => {
                world.redis().pause();
                sleep(time).await;
                world.redis().resume();
            }
            Self::RedisKilled => {
                world.redis().stop();
                sleep(time).await;
                world.redis().restart();
            }
            Self::LogtoSlow => {
                world.idp.fault(Endpoint::Token, Fault::Delay(SLOW)).for_ever();
                sleep(time).await;
                world.idp.heal();
            }
            Self::LogtoSilent => {
                world.idp.fault(Endpoint::Token, Fault::Hang).for_ever();
                sleep(time).await;
                world.idp.heal();
            }
            Self::LogtoStopped => {
                world.idp.pause().await;
                sleep(time).await;
                world.idp.resume().await?;
            }
        }
        world.outages().end(part);
        Ok(())
    }
}
