use url::{ParseError, Url};

/// Reads a URL as somebody types it; the usual mistake is one without its scheme.
pub(crate) fn url(text: &str) -> Result<Url, String> {
    Url::parse(text).map_err(|error| {
        if error == ParseError::RelativeUrlWithoutBase {
            "it has no scheme: write it as https://api.example.com/me".to_owned()
        } else {
            error.to_string()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_without_its_scheme_is_told_apart() {
        assert!(url("api.example.com/me").unwrap_err().contains("no scheme"));
        assert!(url("https://api.example.com:x/").unwrap_err().contains("port"));
        assert!(url("https://api.example.com/me").is_ok());
    }
}
