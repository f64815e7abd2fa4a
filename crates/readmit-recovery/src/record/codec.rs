use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde_json::{Map, Value};

use crate::mutants::mutate;

use super::{Doubt, Record};

impl Record {
    /// Reads a record that this version, an earlier or a later one wrote.
    ///
    /// Members that are not known are kept, and written again. A later version that only adds
    /// members leaves `readable_from` as it is.
    ///
    /// # Errors
    ///
    /// Returns [`RecordError`] where it cannot be read. Do not write over it: it may be what another
    /// version reads well.
    pub fn read(bytes: &[u8]) -> Result<Record, RecordError> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(RecordError::Empty);
        }
        let object = serde_json::from_slice(bytes).map_err(|_| RecordError::NotJson)?;
        let mut members = Members(object);
        let version = members.number("version")?.ok_or(RecordError::NoVersion)?;
        let readable_from = members.number("readable_from")?.unwrap_or(version);
        if VERSION < readable_from {
            return Err(RecordError::TooNew { readable_from });
        }
        let doubt = members.time("presented_at")?.map(|since| (since, members.number("presented")));
        let doubt = match doubt {
            Some((since, times)) => {
                let times = u32::try_from(times?.unwrap_or(1)).unwrap_or(u32::MAX);
                Some(Doubt { since, times })
            }
            None => None,
        };
        Ok(Record {
            epoch: members.number("epoch")?.unwrap_or_default(),
            session: members.number("session")?.unwrap_or_default(),
            over: None,
            access_token: members.text("access_token")?.map(SecretString::from),
            token_type: members.text("token_type")?,
            expires_at: members.time("expires_at")?,
            refresh_token: members.text("refresh_token")?.map(SecretString::from),
            scope: members.text("scope")?,
            doubt,
            unknown: members.0,
        })
    }

    /// Returns the record as bytes: a JSON object, wiped when it is dropped.
    #[must_use]
    pub fn to_bytes(&self) -> SecretSlice<u8> {
        let secret = |token: &SecretString| token.expose_secret().to_owned();
        let since = |at: SystemTime| at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let time = |at: SystemTime| Value::from(since(at).as_secs());
        let text = |text: Option<String>| text.map(Value::from);
        let members = [
            ("version", Some(VERSION.into())),
            ("readable_from", Some(READABLE_FROM.into())),
            ("epoch", Some(self.epoch.into())),
            ("session", Some(self.session).filter(|session| *session != 0).map(Value::from)),
            ("access_token", text(self.access_token.as_ref().map(secret))),
            ("token_type", text(self.token_type.clone())),
            ("expires_at", self.expires_at.map(time)),
            ("refresh_token", text(self.refresh_token.as_ref().map(secret))),
            ("scope", text(self.scope.clone())),
            ("presented_at", self.doubt.map(|doubt| time(doubt.since))),
            ("presented", self.doubt.map(|doubt| doubt.times.into())),
        ];
        let mut object = mutate!(31, self.unknown.clone(), Map::new());
        let told = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        object.extend(told);
        let bytes = Value::Object(object).to_string().into_bytes();
        SecretSlice::from(bytes)
    }
}

/// Why a record in a store cannot be read. It never holds any of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// There is nothing in it: it was made, and never written.
    #[error("the record is empty")]
    Empty,
    /// It is of something else.
    #[error("the record does not say its version")]
    NoVersion,
    /// It is no JSON object: cut off, or of something else.
    #[error("the record is not a JSON object")]
    NotJson,
    /// A later version wrote it in a way that this one would misread.
    #[error("the record can be read from version {readable_from} on, and this is {VERSION}")]
    TooNew {
        /// The first version that can.
        readable_from: u64,
    },
    /// A member has another type than it ever had.
    #[error("the record's `{member}` makes no sense")]
    Unfit {
        /// The member.
        member: &'static str,
    },
}

/// Members that are taken out one by one, until only those that are not known are left.
struct Members(Map<String, Value>);

impl Members {
    fn number(&mut self, name: &'static str) -> Result<Option<u64>, RecordError> {
        self.take(name, |value| value.as_u64())
    }

    fn text(&mut self, name: &'static str) -> Result<Option<String>, RecordError> {
        self.take(name, |value| value.as_str().map(str::to_owned))
    }

    fn time(&mut self, name: &'static str) -> Result<Option<SystemTime>, RecordError> {
        self.take(name, |value| {
            SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(value.as_u64()?))
        })
    }

    fn take<T>(
        &mut self,
        member: &'static str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, RecordError> {
        match self.0.remove(member) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(&value).map(Some).ok_or(RecordError::Unfit { member }),
        }
    }
}

/// The version that is written.
const VERSION: u64 = 1;

/// The first version that can read what is written.
const READABLE_FROM: u64 = 1;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let record = Record {
            epoch: 7,
            session: u64::MAX,
            over: None,
            access_token: Some("a".into()),
            token_type: Some("DPoP".to_owned()),
            expires_at: Some(at),
            refresh_token: Some("r".into()),
            scope: Some("x y".to_owned()),
            doubt: Some(Doubt { since: at, times: 2 }),
            unknown: Map::from_iter([("more".to_owned(), Value::from(vec![1, 2]))]),
        };

        let read = Record::read(record.to_bytes().expose_secret()).unwrap();

        assert_eq!(read.to_bytes().expose_secret(), record.to_bytes().expose_secret());
        assert_eq!((read.epoch, read.expires_at, read.doubt), (7, Some(at), record.doubt));
        assert!(!read.is_of_another_session(&record));
        assert!(read.holds(&"r".into()) && read.has_access_token_of(&record));
        assert_eq!((read.token_type(), read.scope()), ("DPoP", Some("x y")));
    }

    #[test]
    fn the_first_version_is_read_as_it_was_written() {
        let first = br#"{"version":1,"readable_from":1,"epoch":3,"access_token":"a",
            "token_type":"Bearer","expires_at":1800000000,"refresh_token":"r","scope":"s",
            "presented_at":1799999990,"presented":1}"#;

        let record = Record::read(first).unwrap();

        let compact: String =
            String::from_utf8_lossy(first).split_whitespace().collect::<Vec<_>>().concat();
        let written: Value = serde_json::from_slice(record.to_bytes().expose_secret()).unwrap();
        assert_eq!(written, serde_json::from_str::<Value>(&compact).unwrap());
    }

    #[test]
    fn a_later_version_is_read_where_it_says_so_and_what_it_added_is_kept() {
        let later = br#"{"version":9,"readable_from":1,"refresh_token":"r","added":{"x":1}}"#;

        let record = Record::read(later).unwrap();

        let written = String::from_utf8(record.to_bytes().expose_secret().to_vec()).unwrap();
        assert!(record.holds(&"r".into()));
        assert!(written.contains(r#""added":{"x":1}"#), "{written}");
    }

    #[test]
    fn what_cannot_be_read_says_why_and_shows_nothing() {
        let unfit = |member| RecordError::Unfit { member };
        for (bytes, error) in [
            ("", RecordError::Empty),
            (" \n", RecordError::Empty),
            (r#"{"version":1,"access_token":"planted"#, RecordError::NotJson),
            (r#"["planted"]"#, RecordError::NotJson),
            (r#"{"access_token":"planted"}"#, RecordError::NoVersion),
            (r#"{"version":2}"#, RecordError::TooNew { readable_from: 2 }),
            (r#"{"version":3,"readable_from":2}"#, RecordError::TooNew { readable_from: 2 }),
            (r#"{"version":"planted"}"#, unfit("version")),
            (r#"{"version":1,"refresh_token":["planted"]}"#, unfit("refresh_token")),
            (r#"{"version":1,"expires_at":-1}"#, unfit("expires_at")),
            (r#"{"version":1,"expires_at":18446744073709551615}"#, unfit("expires_at")),
            (r#"{"version":1,"epoch":1.5}"#, unfit("epoch")),
        ] {
            let got = Record::read(bytes.as_bytes()).unwrap_err();

            assert_eq!(got, error, "{bytes}");
            assert!(!format!("{got} {got:?}").contains("planted"));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Record::read(&bytes);
        }

        #[test]
        fn any_tokens_survive(access in ".*", refresh in ".*", epoch in any::<u64>()) {
            let record = Record {
                epoch,
                access_token: Some(access.clone().into()),
                refresh_token: Some(refresh.clone().into()),
                ..Record::default()
            };

            let read = Record::read(record.to_bytes().expose_secret()).unwrap();

            prop_assert_eq!(read.access_token().unwrap().expose_secret(), &access);
            prop_assert!(read.holds(&refresh.into()));
            prop_assert_eq!(read.epoch(), epoch);
        }
    }
}
