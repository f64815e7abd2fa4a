use readmit_error::{Stage, Transport};

/// Says by type how a transport failed (rule 80).
///
/// An error that does not tell is taken for a connection that was lost after the request had gone
/// out: the reading that does no harm.
pub(crate) fn transport_of(error: &(dyn std::error::Error + 'static)) -> Transport {
    #[cfg(feature = "reqwest")]
    if let Some(fault) = error.downcast_ref::<crate::reqwest_service::ReqwestFault>() {
        return fault.transport();
    }
    #[cfg(feature = "hyper")]
    if let Some(fault) = error.downcast_ref::<crate::hyper_service::HyperFault>() {
        return fault.transport();
    }
    let unknown = Transport { stage: Stage::Sent, timed_out: false };
    readmit_classify::transport_of(error).unwrap_or(unknown)
}

/// Returns an error and what it stems from.
#[cfg(any(feature = "hyper", feature = "reqwest"))]
pub(crate) fn causes<'e>(
    error: &'e (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'e (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

/// Whether the request provably did not reach the application (rule 40).
#[cfg(any(feature = "hyper", feature = "reqwest"))]
pub(crate) fn never_arrived(error: &(dyn std::error::Error + 'static)) -> bool {
    // hyper says that a request was cancelled only where none of it was written.
    let cancelled = error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled);
    // RFC 9113 section 8.7: no application processing has occurred.
    let refused = error
        .downcast_ref::<h2::Error>()
        .is_some_and(|error| error.reason() == Some(h2::Reason::REFUSED_STREAM));
    cancelled || refused
}

#[cfg(any(feature = "hyper", feature = "reqwest"))]
pub(crate) fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    // `io::Error::source` skips the error that it wraps, which may be another of its kind.
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>() || wrapped.is_some_and(|wrapped| is_tls(wrapped))
}

#[cfg(test)]
#[cfg(any(feature = "hyper", feature = "reqwest"))]
mod tests {
    use super::*;

    #[test]
    fn r40_a_stream_that_was_refused_never_arrived() {
        assert!(never_arrived(&h2::Error::from(h2::Reason::REFUSED_STREAM)));
        assert!(!never_arrived(&h2::Error::from(h2::Reason::INTERNAL_ERROR)));
        assert!(!never_arrived(&std::io::Error::from(std::io::ErrorKind::ConnectionReset)));
    }
}
