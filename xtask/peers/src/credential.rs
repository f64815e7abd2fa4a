use std::convert::Infallible;
use std::error::Error;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

use arc_swap::ArcSwap;
use http::{HeaderValue, Request, Response};
use readmit::{Body, BuildError, Client, Clock, Credentials, SourceError, Token, credentials};
use readmit_core::SystemClock;
use tower_service::Service;

use crate::harness::{Case, Subject};
use crate::waiter::at_once;

pub(crate) fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    Ok(vec![
        Case::new("credential: valid, in hand, time given", given()?),
        Case::new("credential: valid, in hand, time given", given()?).two_threads(),
        Case::new("credential: valid, in hand, own clock", own_clock()?),
        Case::new("credential: valid, in hand, own clock", own_clock()?).two_threads(),
    ])
}

fn given() -> Result<Vec<Subject>, Box<dyn Error>> {
    let still = Still::default();
    let expiring = expiring(still.clone())?;
    // From here on it is a little later than it was when the credential came.
    still.is_later.store(true, Ordering::Relaxed);
    let endless = client(SystemClock, credentials::bearer(TOKEN))?;
    let mut subjects =
        vec![lent("readmit", expiring), lent("readmit, one that does not expire", endless)];
    subjects.extend(by_hand()?);
    Ok(subjects)
}

fn own_clock() -> Result<Vec<Subject>, Box<dyn Error>> {
    let (borrowed, cloned) = (expiring(SystemClock)?, expiring(SystemClock)?);
    let started = SystemClock.now();
    let mut subjects = vec![
        lent("readmit", borrowed),
        Subject::new("readmit, value cloned", move || {
            let credential = at_once(black_box(&cloned).credential());
            let value = credential.and_then(Result::ok).map(|lent| lent.value().clone());
            black_box(value).is_some_and(|value| value.is_sensitive())
        }),
    ];
    subjects.extend(by_hand()?);
    subjects.push(Subject::new("yardstick: the clock", move || started <= SystemClock.now()));
    Ok(subjects)
}

/// What one writes by oneself; none of these looks at a clock.
fn by_hand() -> Result<Vec<Subject>, Box<dyn Error>> {
    let mut header = HeaderValue::try_from(format!("Bearer {TOKEN}"))?;
    header.set_sensitive(true);
    let locked = RwLock::new(header.clone());
    let (swapped, loaded) = (ArcSwap::from_pointee(header.clone()), ArcSwap::from_pointee(header));
    let token = Mutex::new(TOKEN.to_owned());
    Ok(vec![
        Subject::new("RwLock, cloned", move || {
            let value = black_box(&locked).read().unwrap_or_else(PoisonError::into_inner).clone();
            black_box(value).is_sensitive()
        }),
        Subject::new("arc-swap 1.9, cloned", move || {
            let value = HeaderValue::clone(&black_box(&swapped).load());
            black_box(value).is_sensitive()
        }),
        Subject::new("Mutex, made of the token", move || {
            let token = black_box(&token).lock().unwrap_or_else(PoisonError::into_inner).clone();
            let value = HeaderValue::try_from(format!("Bearer {token}"));
            black_box(value).is_ok_and(|mut value| {
                value.set_sensitive(true);
                black_box(value).is_sensitive()
            })
        }),
        Subject::new("yardstick: an arc-swap load", move || {
            black_box(&**black_box(&loaded).load()).is_sensitive()
        }),
    ])
}

/// The value is looked at where it is.
fn lent(name: &'static str, client: Client<Nobody>) -> Subject {
    Subject::new(name, move || {
        let credential = at_once(black_box(&client).credential());
        credential.is_some_and(|lent| lent.is_ok_and(|lent| black_box(lent.value()).is_sensitive()))
    })
}

/// Returns a client that holds a credential for a day.
fn expiring(clock: impl Clock + 'static) -> Result<Client<Nobody>, Box<dyn Error>> {
    let fetch = || async {
        let token = Token::bearer(TOKEN).map_err(|_| SourceError::terminal("it is no token"))?;
        Ok(token.expires_in(DAY))
    };
    let client = client(clock, credentials::from_fn(fetch))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(client.credential())?;
    Ok(client)
}

fn client(
    clock: impl Clock + 'static,
    credentials: Credentials,
) -> Result<Client<Nobody>, BuildError> {
    let client = Client::builder("https://api.test").credentials(credentials).clock(clock);
    client.untraced().build_over(Nobody)
}

/// Answers, if it were asked.
#[derive(Clone, Debug)]
struct Nobody;

impl Service<Request<Body>> for Nobody {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        ready(Ok(Response::new(Body::empty())))
    }
}

/// A clock that costs next to nothing: it says one instant, and from some moment on a later one.
#[derive(Clone, Debug)]
struct Still {
    begun: (Instant, SystemTime),
    is_later: Arc<AtomicBool>,
}

impl Default for Still {
    fn default() -> Still {
        Still { begun: (SystemClock.now(), SystemClock.wall()), is_later: Arc::default() }
    }
}

impl Clock for Still {
    fn now(&self) -> Instant {
        let (mono, _) = black_box(self.begun);
        if self.is_later.load(Ordering::Relaxed) { mono + A_LITTLE } else { mono }
    }

    fn wall(&self) -> SystemTime {
        let (_, wall) = black_box(self.begun);
        if self.is_later.load(Ordering::Relaxed) { wall + A_LITTLE } else { wall }
    }
}

/// As long as tokens of machines are.
const TOKEN: &str = "b2theLRlNkpXQ0c4U2dTb3ZJZ0JtN2ZyYw.c2VjcmV0.dGhlIHNpZ25hdHVyZSBvZiBpdA";

const DAY: Duration = Duration::from_secs(86_400);

const A_LITTLE: Duration = Duration::from_micros(1);
