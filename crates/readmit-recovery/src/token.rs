mod answer;
mod client_auth;
mod error;
mod form;
mod request;

pub use self::answer::TokenAnswer;
pub use self::client_auth::ClientAuth;
pub use self::error::{Fault, TokenError, WhoseMove};
pub use self::request::{RequestError, TokenRequest};
