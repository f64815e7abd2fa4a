//! Two processes share a session whose refresh token works once: one refreshes, the other finds it
//! done.
//!
//! `cargo run --package readmit-recovery --example shared_session`

use http::Uri;
use readmit_core::SystemClock;
use readmit_recovery::{
    Effect, NotRenewed, Now, Record, RecordError, Renewal, Renewed, Rotation, TokenAnswer,
    TokenError, TokenRequest, Told,
};
use secrecy::{ExposeSecret, SecretString};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let first = Record::of_refresh_token("r1");
    let mut store = Store { bytes: first.to_bytes().expose_secret().to_vec() };

    let (mine, outcome) = renew(first.clone(), &mut store)?;
    println!("one process: {outcome:?}, {mine:?}");
    assert_eq!(outcome, Ok(Renewed::Saved));

    let (theirs, outcome) = renew(first, &mut store)?;
    println!("the other:   {outcome:?}, {theirs:?}");
    assert_eq!(outcome, Ok(Renewed::Elsewhere));
    assert!(theirs.holds(&"r2".into()));
    Ok(())
}

/// Does what each effect says, and nothing else.
fn renew(
    held: Record,
    store: &mut Store,
) -> Result<(Record, Result<Renewed, NotRenewed>), Box<dyn std::error::Error>> {
    let (mut renewal, mut effect) = Renewal::with_store(Rotation::DEFAULT, held);
    loop {
        let told = match effect {
            // A file would be locked here, and unlocked at the end.
            Effect::Lock => Told::Locked,
            Effect::Read => Told::Found(Some(store.read()?)),
            Effect::Write { record, expected } => store.write(&record, expected)?,
            Effect::Present { refresh_token } => Told::Answered(endpoint(&refresh_token)?),
            Effect::Delete { refresh_token } => {
                if store.read()?.holds(&refresh_token) {
                    store.bytes.clear();
                }
                Told::Written
            }
            Effect::Done(outcome) => return Ok((renewal.record().clone(), outcome)),
        };
        effect = renewal.tell(Now::read(&SystemClock), told);
    }
}

/// A file would be written beside, and renamed.
struct Store {
    bytes: Vec<u8>,
}

impl Store {
    fn read(&self) -> Result<Record, RecordError> {
        Record::read(&self.bytes)
    }

    fn write(&mut self, record: &Record, expected: Option<u64>) -> Result<Told, RecordError> {
        if expected != Some(self.read()?.epoch()) {
            return Ok(Told::Conflicted);
        }
        self.bytes = record.to_bytes().expose_secret().to_vec();
        Ok(Told::Written)
    }
}

/// Answers as a server that takes each refresh token once.
fn endpoint(
    refresh_token: &SecretString,
) -> Result<Result<TokenAnswer, TokenError>, Box<dyn std::error::Error>> {
    let url = Uri::from_static("https://auth.example.com/token");
    let request = TokenRequest::refresh_token(&url, refresh_token, None, None)?;
    let (status, body) = if request.body().ends_with(b"refresh_token=r1") {
        (200, r#"{"access_token":"a2","refresh_token":"r2","expires_in":3600}"#)
    } else {
        (400, r#"{"error":"invalid_grant"}"#)
    };
    Ok(TokenAnswer::read(&request, status, None, body.as_bytes()))
}
