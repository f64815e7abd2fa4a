#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod admission;
mod answered;
mod attempt;
mod batch;
#[cfg(feature = "blocking")]
pub mod blocking;
mod body;
mod build_error;
mod builder;
mod call;
mod call_error;
mod call_options;
mod client;
mod clock;
mod coalesced;
mod coalescer;
mod credential;
pub mod credentials;
mod dated;
mod dialects;
#[cfg(feature = "dpop")]
mod dpop_key;
mod fault;
mod health;
#[cfg(feature = "hyper")]
mod hyper_service;
mod keeper;
#[cfg(feature = "metrics")]
mod meter;
#[cfg(not(feature = "metrics"))]
#[path = "meter/absent.rs"]
mod meter;
#[cfg(feature = "reqwest-middleware")]
mod middleware;
mod origins;
mod outgoing;
#[cfg(feature = "dpop")]
mod prover;
#[cfg(not(feature = "dpop"))]
#[path = "prover/absent.rs"]
mod prover;
mod proving;
mod reach;
mod redirect;
mod request;
#[cfg(feature = "reqwest")]
mod reqwest_service;
mod response;
mod response_body;
mod secret_headers;
mod secrets;
mod server_clocks;
mod service;
mod shared;
mod shutdown;
mod source;
mod step_up;
pub mod store;
mod token;
mod token_endpoint;
mod token_transport;
mod under_way;
mod unless;
mod unwind;
mod watch;
mod wiring;

/// When to leave an origin alone: [`readmit_breaker`].
pub use readmit_breaker as breaker;
/// An answer in, a failure out: [`readmit_classify`].
pub use readmit_classify as classify;
/// The two clocks that a client reads, and where its chance comes from.
pub use readmit_core::{Clock, Draws};
/// The failure model: [`readmit_error`].
pub use readmit_error as error;
/// How fast an origin may be called: [`readmit_limit`].
pub use readmit_limit as limit;
/// Redaction, a security log, spans: [`readmit_log`].
pub use readmit_log as log;
/// What a person is told of a failure: [`readmit_message`].
pub use readmit_message as message;
/// How the client fares: [`readmit_monitor`].
pub use readmit_monitor as monitor;
/// The life of a credential: [`readmit_recovery`].
pub use readmit_recovery as recovery;
/// When and how often to try again: [`readmit_retry`].
pub use readmit_retry as retry;

pub use crate::batch::{Batch, BatchConfigError, BatchError, BatchSend, Batcher, BatcherBuilder};
pub use crate::body::Body;
pub use crate::build_error::BuildError;
pub use crate::builder::ClientBuilder;
pub use crate::call_error::Error;
pub use crate::call_options::CallOptions;
#[cfg(feature = "tower")]
pub use crate::client::ClientLayer;
pub use crate::client::{Calling, Client};
pub use crate::coalescer::{CoalesceError, Coalescer};
pub use crate::credential::Credential;
pub use crate::credentials::Credentials;
#[cfg(feature = "dpop")]
pub use crate::dpop_key::DpopKey;
pub use crate::health::{
    CallsHealth, CircuitHealth, CredentialHealth, Health, LimitHealth, OriginHealth, Standing,
    ToldLimit,
};
#[cfg(feature = "hyper")]
pub use crate::hyper_service::{Hyper, HyperBody, HyperFault, HyperSending};
#[cfg(feature = "reqwest-middleware")]
pub use crate::middleware::ClientMiddleware;
pub use crate::request::RequestBuilder;
#[cfg(feature = "reqwest")]
pub use crate::reqwest_service::{Reqwest, ReqwestBody, ReqwestFault, Sending};
pub use crate::response::{NotThatJson, Response};
pub use crate::response_body::ResponseBody;
pub use crate::service::HttpService;
pub use crate::shutdown::Unfinished;
pub use crate::source::{Exchange, Source, SourceError};
pub use crate::token::{Token, UnfitToken};

/// The transport of a client that was given no other.
#[cfg(feature = "reqwest")]
pub type DefaultService = Reqwest;
/// Without the feature `reqwest` a client has no transport but the one that it is
/// [built over](ClientBuilder::build_over).
#[cfg(not(feature = "reqwest"))]
pub type DefaultService = std::convert::Infallible;

/// What watches a client, in memory and by the client's clock: [`Client::monitor`].
pub type Monitor = readmit_monitor::Monitor<std::sync::Arc<dyn Clock>>;

/// The circuit of an origin, by the client's clock: [`Client::circuit`].
pub type Circuit = readmit_breaker::Shared<std::sync::Arc<dyn Clock>>;

/// An error of any type.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
