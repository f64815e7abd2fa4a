use crate::lookup::Lookup;

/// What a member is by its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    /// A code proper: it may be a number.
    Code,
    /// The time by the server's clock.
    CurrentTime,
    /// When the token expires, or expired.
    ExpiresAt,
    /// The name of a part of the request.
    Field,
    /// A container with more of these, or a word, or a sentence.
    Group,
    /// A code, if it is made of well-known words, and otherwise an id of no meaning.
    Identity,
    /// The sentence, in an object that has the name of a sentence.
    Inner,
    /// A word for the family, or the name of a status.
    Family,
    RequestId,
    /// Whether a later try may succeed, as the server sees it.
    Retryable,
    /// A wait, in seconds unless it says otherwise.
    Wait,
    /// A wait in milliseconds.
    WaitMillis,
    Text,
}

impl Role {
    /// Looks a name up, however it is written: `errorCode`, `error_code` and `ErrorCode` are one.
    pub(crate) fn of(name: &str) -> Option<Role> {
        let bytes = name.as_bytes();
        if bytes.len() <= NAME_LIMIT && bytes.iter().all(u8::is_ascii_alphanumeric) {
            return ROLES.get(bytes);
        }
        let mut folded = [0_u8; NAME_LIMIT];
        let mut length = 0;
        for byte in bytes.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
            *folded.get_mut(length)? = *byte;
            length += 1;
        }
        ROLES.get(folded.get(..length)?)
    }

    /// Whether the members of an object of this name are the error's.
    pub(crate) fn holds_more(self) -> bool {
        match self {
            Role::Code | Role::Family | Role::Group | Role::Text => true,
            Role::CurrentTime
            | Role::ExpiresAt
            | Role::Field
            | Role::Identity
            | Role::Inner
            | Role::RequestId
            | Role::Retryable
            | Role::Wait
            | Role::WaitMillis => false,
        }
    }
}

#[rustfmt::skip]
static ROLES: Lookup<Role, 256> = {
    use Role as R;
    Lookup::new(&[
        ("apiexception", R::Group),
        ("canretry", R::Retryable),
        ("cause", R::Group),
        ("code", R::Code),
        ("content", R::Inner),
        ("correlationid", R::RequestId),
        ("currenttime", R::CurrentTime),
        ("data", R::Group),
        ("defaultmessage", R::Text),
        ("desc", R::Text),
        ("description", R::Text),
        ("detail", R::Group),
        ("detailedmessage", R::Text),
        ("details", R::Group),
        ("ecode", R::Code),
        ("err", R::Text),
        ("errcode", R::Family),
        ("errmsg", R::Text),
        ("errno", R::Code),
        ("error", R::Group),
        ("errorclass", R::Family),
        ("errorcode", R::Code),
        ("errorcodename", R::Family),
        ("errordescription", R::Text),
        ("errorid", R::Identity),
        ("errormessage", R::Text),
        ("errormessages", R::Group),
        ("errormsg", R::Text),
        ("errorname", R::Family),
        ("errorresponse", R::Group),
        ("errors", R::Group),
        ("errorslug", R::Family),
        ("errorstatus", R::Family),
        ("errorsummary", R::Text),
        ("errortext", R::Text),
        ("errortype", R::Family),
        ("exception", R::Group),
        ("exceptioncode", R::Family),
        ("explanation", R::Text),
        ("extensions", R::Group),
        ("fault", R::Group),
        ("faultcode", R::Family),
        ("faultstring", R::Text),
        ("field", R::Field),
        ("fields", R::Field),
        ("id", R::Identity),
        ("identifier", R::Identity),
        ("innererror", R::Group),
        ("isretryable", R::Retryable),
        ("istransient", R::Retryable),
        ("message", R::Text),
        ("messages", R::Group),
        ("meta", R::Group),
        ("msg", R::Text),
        ("name", R::Family),
        ("oauthproblem", R::Family),
        ("oauthproblemadvice", R::Text),
        ("odataerror", R::Group),
        ("param", R::Field),
        ("parameters", R::Group),
        ("pointer", R::Field),
        ("problem", R::Group),
        ("reason", R::Family),
        ("reasoncode", R::Family),
        ("requestid", R::RequestId),
        ("response", R::Group),
        ("result", R::Group),
        ("resultcode", R::Family),
        ("retryable", R::Retryable),
        ("retryafter", R::Wait),
        ("retryafterms", R::WaitMillis),
        ("retryafterseconds", R::Wait),
        ("retrydelay", R::Wait),
        ("rootcause", R::Group),
        ("slug", R::Identity),
        ("source", R::Group),
        ("status", R::Family),
        ("statusmessage", R::Text),
        ("statustext", R::Text),
        ("subcode", R::Code),
        ("sys", R::Group),
        ("tag", R::Family),
        ("text", R::Inner),
        ("title", R::Family),
        ("tokenexpiresat", R::ExpiresAt),
        ("traceid", R::RequestId),
        ("type", R::Family),
        ("usermessage", R::Text),
        ("value", R::Inner),
    ])
};

/// Letters and digits of the longest name.
const NAME_LIMIT: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r78_one_name_in_many_spellings_is_one() {
        for name in ["errorCode", "error_code", "ErrorCode", "ERROR-CODE", "errorcode"] {
            assert_eq!(Role::of(name), Some(Role::Code), "{name}");
        }
        for name in ["", "_", "password", "codes", "a_name_that_is_longer_than_any_of_these"] {
            assert_eq!(Role::of(name), None, "{name}");
        }
    }
}
