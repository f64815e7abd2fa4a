use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderMap, HeaderName, Request, Response, StatusCode};
use http_body_util::{BodyExt, Either, Full};
use readmit::Body;
use readmit::error::Stage;
use readmit_testkit::{Api, ApiBody, ApiService, Error, Fault};
use serde_json::Value;
use tower_service::Service;

use crate::chance::Chance;
use crate::faults;
use crate::ledger::{Ledger, Told};

/// Stands between the client and the API: decides what goes wrong, and keeps the ledger.
#[derive(Clone)]
pub(crate) struct Wire {
    api: Api,
    service: ApiService,
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) chance: Chance,
    pub(crate) ledger: Mutex<Ledger>,
    /// Whether a used refresh token may be used again for want of an answer.
    pub(crate) is_lenient: bool,
    /// Whether all is well by now.
    pub(crate) is_calm: Mutex<bool>,
}

type Answer = Response<Either<ApiBody, Full<Bytes>>>;

impl Wire {
    pub(crate) fn new(api: &Api, shared: Arc<Shared>) -> Wire {
        Wire { api: api.clone(), service: api.service(), shared }
    }

    async fn exchange(self, request: Request<Body>) -> Result<Answer, Error> {
        if request.uri().path().starts_with("/token") {
            self.token(request).await
        } else {
            self.data(request).await
        }
    }

    async fn data(mut self, request: Request<Body>) -> Result<Answer, Error> {
        let token = header(request.headers(), &AUTHORIZATION);
        let token = token.trim_start_matches("Bearer ").to_owned();
        let call = header(request.headers(), &CALL).parse().unwrap();
        self.shared.ledger().send(call, &token);
        if self.shared.ledger().account.requests.is_multiple_of(500) {
            self.look_back();
        }
        let (mut asks_for_more, mut is_cut) = (false, false);
        if !self.shared.is_calm() {
            self.age();
            if let Some(fault) = faults::of_data(&self.shared.chance) {
                asks_for_more = matches!(&fault, Fault::Challenged(text) if text.contains("acr"));
                is_cut = matches!(fault, Fault::Stalled | Fault::Broken(Stage::Answering));
                self.strike(fault);
            }
        }
        let answer = self.service.call(request).await?;
        let status = answer.status();
        let rejects = status == StatusCode::UNAUTHORIZED && !asks_for_more;
        let told = match (rejects, is_cut) {
            (false, _) => Told::Nothing,
            // The client waits for the rest, and may not act on the head before.
            (true, true) => Told::Doubted,
            (true, false) => Told::Rejected,
        };
        self.shared.ledger().answered(call, &token, status, told);
        Ok(answer.map(Either::Left))
    }

    async fn token(mut self, request: Request<Body>) -> Result<Answer, Error> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_or_else(|_| Bytes::new(), |body| body.to_bytes());
        let form: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
        let presented = form.iter().find(|(name, _)| name == "refresh_token");
        self.shared.ledger().ask(presented.map(|(_, token)| token.as_str()));
        let _asking = Asking(&self.shared);
        let is_struck = !self.shared.is_calm() && self.strike_token_request();

        let request = Request::from_parts(head, Full::new(body));
        let answer = self.service.call(request).await?;
        let (mut head, body) = answer.into_parts();
        let body = body.collect().await?.to_bytes();
        if head.status == StatusCode::BAD_REQUEST && !is_struck {
            self.shared.ledger().violated("the API ended the session".to_owned());
        }
        let body = match serde_json::from_slice::<Value>(&body) {
            Ok(object) if head.status == StatusCode::OK => {
                head.headers.remove(CONTENT_LENGTH);
                self.give(object)
            }
            _ => body,
        };
        Ok(Response::from_parts(head, Either::Right(Full::new(body))))
    }

    /// Lets a token end before its time, now and then.
    fn age(&self) {
        if self.shared.chance.one_in(300) {
            self.api.expire_access_tokens();
        }
        if self.shared.chance.one_in(500) {
            self.api.revoke_access_tokens();
        }
    }

    /// Has the next request struck, which is the one at hand: it is passed on in the same breath.
    fn strike(&self, fault: Fault) {
        self.shared.ledger().account.faults += 1;
        self.api.fault(fault).once();
    }

    /// Has every second token request struck, but loses no answer twice in a row: after that
    /// nobody knows where the session is (rule 23).
    fn strike_token_request(&self) -> bool {
        let chance = &self.shared.chance;
        if chance.one_in(2) {
            return false;
        }
        let in_doubt = self.shared.ledger().in_doubt;
        let (fault, leaves_doubt) = match chance.below(4) {
            0 if !in_doubt => (faults::doubtful_of_tokens(chance), true),
            1 if !in_doubt && self.shared.is_lenient => (faults::spending_of_tokens(chance), true),
            0..2 => return false,
            _ => (faults::plain_of_tokens(chance), false),
        };
        self.shared.ledger().in_doubt |= leaves_doubt;
        self.strike(fault);
        true
    }

    /// Looks for what was done twice, and has the API forget what it saw: it keeps it all.
    fn look_back(&self) {
        if self.api.seen().duplicates() != 0 {
            self.shared.ledger().violated("something was created twice".to_owned());
        }
        self.api.forget();
    }

    /// Hands a token to the client, and does not always tell the truth about its life: it is over, or
    /// a second longer than a refresh may take, or nobody knows, or for ever.
    fn give(&self, mut object: Value) -> Bytes {
        let told = object["expires_in"].as_u64();
        let chance = &self.shared.chance;
        let told = match chance.below(12) {
            _ if self.shared.is_calm() => told,
            0 => Some(0),
            1 => Some(31),
            2 => None,
            3 => Some(u64::from(u32::MAX)),
            _ => told,
        };
        object["expires_in"] = match told {
            Some(seconds) if chance.one_in(2) => seconds.to_string().into(),
            told => told.into(),
        };
        let (token, next) = (object["access_token"].as_str(), object["refresh_token"].as_str());
        if let Some(token) = token {
            self.shared.ledger().give(token, next, told.map(Duration::from_secs));
        }
        object.to_string().into()
    }
}

impl Service<Request<Body>> for Wire {
    type Response = Answer;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.clone().exchange(request))
    }
}

impl Shared {
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap()
    }

    fn is_calm(&self) -> bool {
        *self.is_calm.lock().unwrap()
    }
}

/// A token request under way, until its future is dropped.
struct Asking<'a>(&'a Shared);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.ledger().asked();
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Which call a request is of.
pub(crate) const CALL: HeaderName = HeaderName::from_static("x-call");
