use std::fmt;
use std::time::Duration;

use http::Uri;
use readmit_error::neutralise;
use secrecy::SecretString;
use serde_json::{Map, Value};

use super::answer::{seconds, success, take_text};
use super::error::{Fault, TokenError};
use super::request::TokenRequest;

/// What a device shows to a person, and asks with until the person is done (RFC 8628 section 3.2).
///
/// # Example
///
/// ```
/// use http::Uri;
/// use readmit_recovery::{ClientAuth, DeviceAuthorization, TokenRequest};
///
/// let url = Uri::from_static("https://auth.example.com/device");
/// let request = TokenRequest::device_authorization(&url, &ClientAuth::public("tv"), None)?;
///
/// let body = br#"{"device_code":"GmRh","user_code":"WDJB-MJHT","expires_in":1800,
///     "verification_uri":"https://example.com/device"}"#;
/// let device = DeviceAuthorization::read(&request, 200, None, body)?;
///
/// assert_eq!((device.user_code(), device.interval().as_secs()), ("WDJB-MJHT", 5));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct DeviceAuthorization {
    device_code: SecretString,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: Option<String>,
    expires_in: Duration,
    interval: Duration,
}

impl DeviceAuthorization {
    /// Reads the answer to a
    /// [device authorisation request](TokenRequest::device_authorization).
    ///
    /// # Errors
    ///
    /// As [`TokenAnswer::read`](crate::TokenAnswer::read) has them.
    pub fn read(
        request: &TokenRequest,
        status: u16,
        retry_after: Option<Duration>,
        body: &[u8],
    ) -> Result<DeviceAuthorization, TokenError> {
        let object = success(request, status, retry_after, body)?;
        device(object).map_err(|fault| TokenError::Malformed { status, fault })
    }

    /// Returns the code that the device asks with.
    #[must_use]
    pub fn device_code(&self) -> &SecretString {
        &self.device_code
    }

    /// Returns the code that the person enters: bounded, and free of control characters.
    #[must_use]
    pub fn user_code(&self) -> &str {
        &self.user_code
    }

    /// Returns where the person enters it: an address of `https`, or of `http`.
    #[must_use]
    pub fn verification_uri(&self) -> &str {
        &self.verification_uri
    }

    /// Returns an address with the code in it, for a link or a picture to scan, if there is one.
    #[must_use]
    pub fn verification_uri_complete(&self) -> Option<&str> {
        self.verification_uri_complete.as_deref()
    }

    /// Returns how long the codes are good; half an hour where that was not told.
    #[must_use]
    pub fn expires_in(&self) -> Duration {
        self.expires_in
    }

    /// Returns how long to wait between two polls at least (rule 34): 5 seconds where that was not
    /// told, and never less than one.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.interval
    }
}

/// Shows none of the codes: whoever has one may finish the sign-in.
impl fmt::Debug for DeviceAuthorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceAuthorization")
            .field("verification_uri", &self.verification_uri)
            .field("expires_in", &self.expires_in)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

fn device(mut object: Map<String, Value>) -> Result<DeviceAuthorization, Fault> {
    let mut duration = |name: &str| object.remove(name).as_ref().and_then(seconds);
    let (expires_in, interval) = (duration("expires_in"), duration("interval"));
    let device_code = take_text(&mut object, "device_code").ok_or(Fault::NoDeviceCode)?;
    let user_code = take_text(&mut object, "user_code").ok_or(Fault::NoUserCode)?;
    // The second is how Google spells it.
    let uri = ["verification_uri", "verification_url"].map(|name| take_text(&mut object, name));
    let uri = uri.into_iter().flatten().find(|uri| is_address(uri)).ok_or(Fault::NoUserCode)?;
    let complete = take_text(&mut object, "verification_uri_complete");
    Ok(DeviceAuthorization {
        device_code: SecretString::from(device_code),
        user_code: neutralise(&user_code, USER_CODE_CHARS),
        verification_uri: uri,
        verification_uri_complete: complete.filter(|uri| is_address(uri)),
        expires_in: expires_in.unwrap_or(EXPIRES_IN),
        interval: interval.map_or(INTERVAL, |told| told.max(SHORTEST_INTERVAL)),
    })
}

/// Whether it is an address that a person can be sent to, with nothing in it that a terminal or a
/// browser would take for more.
fn is_address(uri: &str) -> bool {
    let is_plain = uri.bytes().all(|byte| byte.is_ascii_graphic());
    let uri = uri.parse::<Uri>().ok().filter(|_| is_plain);
    uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("https" | "http")) && uri.host().is_some()
    })
}

const EXPIRES_IN: Duration = Duration::from_secs(30 * 60);

/// RFC 8628 section 3.2.
const INTERVAL: Duration = Duration::from_secs(5);

const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

const USER_CODE_CHARS: usize = 64;

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::ClientAuth;

    #[test]
    fn r34_the_interval_is_five_seconds_unless_told() {
        for (told, interval) in [
            ("", 5),
            (r#","interval":7"#, 7),
            (r#","interval":"8""#, 8),
            (r#","interval":0"#, 1),
            (r#","interval":-3"#, 1),
            (r#","interval":null"#, 5),
        ] {
            let device = read(&body(told)).unwrap();
            assert_eq!(device.interval(), Duration::from_secs(interval), "{told}");
        }
    }

    #[test]
    fn what_is_told_is_read() {
        let told = r#","expires_in":"600","verification_uri_complete":"https://h/d?c=U""#;

        let device = read(&body(told)).unwrap();

        assert_eq!(device.device_code().expose_secret(), "D");
        assert_eq!((device.user_code(), device.verification_uri()), ("U", "https://h/d"));
        assert_eq!(device.verification_uri_complete(), Some("https://h/d?c=U"));
        assert_eq!(device.expires_in(), Duration::from_secs(600));
        let google = body("").replace("verification_uri", "verification_url");
        assert_eq!(read(&google).unwrap().verification_uri(), "https://h/d");
    }

    #[test]
    fn r56_what_a_person_is_shown_is_harmless() {
        let device = read(&body("").replace(r#""U""#, r#""U\u001b[2J""#)).unwrap();
        assert!(!device.user_code().contains('\u{1b}'));

        for uri in ["javascript:alert(1)", "https://h/\\u001b", "https://h/ü", "file:///etc", "h/d"]
        {
            let error = read(&body("").replace("https://h/d", uri)).unwrap_err();
            assert_eq!(error, malformed(Fault::NoUserCode), "{uri}");
        }
        let complete = r#","verification_uri_complete":"javascript:alert(1)""#;
        assert_eq!(read(&body(complete)).unwrap().verification_uri_complete(), None);
    }

    #[test]
    fn r26_an_answer_that_makes_no_sense_is_malformed() {
        for (body, fault) in [
            ("<html>".to_owned(), Fault::NotJson),
            ("{}".to_owned(), Fault::NoDeviceCode),
            (body("").replace("user_code", "u"), Fault::NoUserCode),
        ] {
            assert_eq!(read(&body).unwrap_err(), malformed(fault));
        }
        let refused = DeviceAuthorization::read(&request(), 401, None, b"{}").unwrap_err();
        assert_eq!(refused.code(), Some("HTTP_401"));
    }

    #[test]
    fn r55_the_codes_are_not_printed() {
        let planted =
            body("").replace(r#""D""#, r#""planted-d""#).replace(r#""U""#, r#""planted-u""#);

        assert!(!format!("{:?}", read(&planted).unwrap()).contains("planted"));
    }

    fn body(more: &str) -> String {
        format!(r#"{{"device_code":"D","user_code":"U","verification_uri":"https://h/d"{more}}}"#)
    }

    fn read(body: &str) -> Result<DeviceAuthorization, TokenError> {
        DeviceAuthorization::read(&request(), 200, None, body.as_bytes())
    }

    fn malformed(fault: Fault) -> TokenError {
        TokenError::Malformed { status: 200, fault }
    }

    fn request() -> TokenRequest {
        let url = Uri::from_static("https://auth.example.com/device");
        TokenRequest::device_authorization(&url, &ClientAuth::public("tv"), None).unwrap()
    }
}
