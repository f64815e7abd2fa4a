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
    let unknown = Transport { stage: Stage::Sent, timed_out: false };
    readmit_classify::transport_of(error).unwrap_or(unknown)
}
