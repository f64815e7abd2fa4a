mod client;
mod session;

pub(crate) use self::client::{a_wrong_secret, credentials_in_a_header, credentials_in_the_body};
pub(crate) use self::session::{a_crowd, reuse, rotation};
