//! What the page asks for: JSON and an event stream, or a problem document that says why not.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use logto_rocket::{Claims, Error, LogtoUser, authenticated};
use rocket::http::Status;
use rocket::response::stream::{Event, EventStream};
use rocket::serde::{Serialize, json::Json};
use rocket::tokio::{pin, select, sync::broadcast};
use rocket::{Route, Shutdown, State};

/// The most orders that the site keeps; the oldest goes first.
const MAX_ORDERS: usize = 50;

pub fn routes() -> Vec<Route> {
    routes![orders, order, clear, events, profile]
}

/// The orders of all users, the newest first, and the way to those who follow them.
pub struct Orders(Mutex<VecDeque<Order>>, broadcast::Sender<Order>);

#[derive(Clone, Serialize)]
#[serde(crate = "rocket::serde")]
struct Order {
    by: String,
    item: String,
}

impl Default for Orders {
    fn default() -> Self {
        Self(Mutex::default(), broadcast::channel(MAX_ORDERS).0)
    }
}

impl Orders {
    /// All orders, and each that comes after them: none is missed, and none is there twice.
    fn follow(&self) -> (Vec<Order>, broadcast::Receiver<Order>) {
        let all = self.lock();
        (all.iter().cloned().collect(), self.1.subscribe())
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Order>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[authenticated]
#[get("/orders")]
fn orders(orders: &State<Orders>) -> Json<Vec<Order>> {
    Json(orders.lock().iter().cloned().collect())
}

#[authenticated]
#[post("/orders", data = "<item>")]
fn order(user: &LogtoUser, item: Json<String>, orders: &State<Orders>) -> Status {
    let item = item.into_inner();
    if item.trim().is_empty() || item.len() > 400 {
        return Status::UnprocessableEntity;
    }
    let order = Order { by: user.display_name().to_owned(), item };
    let mut all = orders.lock();
    all.truncate(MAX_ORDERS - 1);
    all.push_front(order.clone());
    // An error says that nobody follows.
    let _ = orders.1.send(order);
    Status::NoContent
}

#[authenticated(role = "admin")]
#[delete("/orders")]
fn clear(orders: &State<Orders>) -> Status {
    orders.lock().clear();
    Status::NoContent
}

/// All orders, and then each new one, until the user may not see it any more.
#[get("/events")]
fn events(user: LogtoUser, orders: &State<Orders>, mut shutdown: Shutdown) -> EventStream![] {
    let (all, mut placed) = orders.follow();
    EventStream! {
        yield Event::retry(Duration::from_secs(1));
        yield Event::json(&all).event("all");
        let ended = user.ended();
        pin!(ended);
        loop {
            select! {
                // `biased` checks in this order, so that no order is sent after the end of the session.
                biased;
                () = &mut ended => break,
                () = &mut shutdown => break,
                // Who is too slow connects again, and gets all orders then.
                order = placed.recv() => match order {
                    Ok(order) => yield Event::json(&order),
                    Err(_) => break,
                },
            }
        }
    }
}

/// What Logto knows of the user now. The access token that this takes stays in the session.
#[get("/profile")]
async fn profile(user: LogtoUser) -> Result<Json<Claims>, Error> {
    user.fetch_user_info().await.map(Json)
}
