mod client;
mod person;
mod session;

pub(crate) use self::client::{a_wrong_secret, credentials_in_a_header, credentials_in_the_body};
pub(crate) use self::person::{a_person, a_person_who_says_no, a_person_with_a_key};
pub(crate) use self::session::{a_crowd, reuse, rotation, sign_out};
