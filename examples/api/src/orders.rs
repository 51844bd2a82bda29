//! The routes: who may call them stands above each.
#![expect(clippy::needless_pass_by_value, reason = "Rocket gives guards by value")]

use std::sync::{Mutex, PoisonError};

use logto_rocket::{Bearer, Organizations, authenticated, resource};
use rocket::response::status::Created;
use rocket::serde::json::{Json, Value, json};
use rocket::serde::{Deserialize, Serialize};
use rocket::{Route, State};

resource!(
    /// The API resource, as it is registered in Logto's console.
    pub Orders = "https://api.example.com/orders"
);

pub fn routes() -> Vec<Route> {
    routes![health, orders, order, all, any, stock, of_organization, invoices, me, fresh]
}

#[get("/health")]
fn health() -> Value {
    json!({ "status": "ok" })
}

#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders(caller: Bearer<Orders>, book: &State<Book>) -> Value {
    json!({
        "sub": caller.subject(),
        "client_id": caller.client_id(),
        "scopes": caller.scopes(),
        "orders": book.of(caller.subject()),
    })
}

#[authenticated(bearer, resource = Orders, scope = "write:orders")]
#[post("/orders", data = "<wanted>")]
fn order(caller: Bearer<Orders>, wanted: Json<Wanted>, book: &State<Book>) -> Created<Json<Order>> {
    let order = book.add(caller.subject(), wanted.into_inner());
    Created::new("/orders").body(Json(order))
}

#[authenticated(bearer, resource = Orders, scopes("read:orders", "audit:orders"))]
#[get("/orders/all")]
fn all(book: &State<Book>) -> Value {
    json!({ "orders": book.all() })
}

#[authenticated(bearer, resource = Orders, any(scope = "read:orders", scope = "audit:orders"))]
#[get("/orders/any")]
fn any(book: &State<Book>) -> Value {
    json!({ "count": book.all().len() })
}

/// For other services only: no person is behind the token.
#[authenticated(bearer, resource = Orders, scope = "read:stock", machine)]
#[get("/stock")]
fn stock(caller: Bearer<Orders>) -> Value {
    json!({ "client_id": caller.client_id(), "stock": { "tea": 12, "cake": 3 } })
}

/// With a token for the resource that is limited to the organization in the path.
#[authenticated(bearer, resource = Orders, organization = "<org>", scope = "read:orders")]
#[get("/orgs/<org>/orders")]
fn of_organization(org: &str, caller: Bearer<Orders>) -> Value {
    json!({ "organization_id": org, "sub": caller.subject(), "orders": [] })
}

/// With a token for the organization itself.
#[authenticated(bearer, organization = "<org>", scope = "read:invoices")]
#[get("/orgs/<org>/invoices")]
fn invoices(org: &str, caller: Bearer<Organizations>) -> Value {
    json!({ "organization_id": org, "sub": caller.subject(), "invoices": [] })
}

#[authenticated(bearer, resource = Orders)]
#[get("/me")]
fn me(caller: Bearer<Orders>) -> Value {
    json!({
        "sub": caller.subject(),
        "client_id": caller.client_id(),
        "scopes": caller.scopes(),
        "is_machine": caller.is_machine(),
    })
}

/// For who entered a password or a factor within the last five minutes.
#[authenticated(bearer, resource = Orders, max_age = "5m")]
#[get("/fresh")]
fn fresh(caller: Bearer<Orders>) -> Value {
    json!({ "sub": caller.subject() })
}

/// What a caller wants.
#[derive(Deserialize)]
#[serde(crate = "rocket::serde")]
struct Wanted {
    item: String,
}

#[derive(Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct Order {
    id: usize,
    sub: String,
    item: String,
}

/// All orders; your database.
#[derive(Default)]
pub struct Book(Mutex<Vec<Order>>);

impl Book {
    fn all(&self) -> Vec<Order> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn of(&self, sub: &str) -> Vec<Order> {
        self.all().into_iter().filter(|order| order.sub == sub).collect()
    }

    fn add(&self, sub: &str, wanted: Wanted) -> Order {
        let mut orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let order = Order { id: orders.len() + 1, sub: sub.into(), item: wanted.item };
        orders.push(order.clone());
        order
    }
}
