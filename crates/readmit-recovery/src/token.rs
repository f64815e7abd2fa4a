mod answer;
mod client_auth;
mod device;
mod error;
mod exchange;
mod form;
mod grants;
mod polling;
mod request;

pub use self::answer::TokenAnswer;
pub use self::client_auth::ClientAuth;
pub use self::device::DeviceAuthorization;
pub use self::error::{Fault, TokenError, WhoseMove};
pub use self::exchange::TokenExchange;
pub use self::grants::TokenHint;
pub use self::polling::{Polled, Polling};
pub use self::request::{RequestError, TokenRequest};
