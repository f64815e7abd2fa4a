use std::error::Error;
use std::io;
use std::time::SystemTime;

use readmit_error::{Failure, Kind, Origin, Stage, Transport};

/// Turns a call that broke off into a failure.
///
/// Whether the request may be sent again follows from how far it had come (rule 80).
/// Time that ran out before there was a connection is a failure to look up or to connect; a
/// handshake that took too long is no reason to distrust the certificate, and is a timeout.
///
/// # Example
///
/// ```
/// use readmit_classify::classify_transport;
/// use readmit_core::{Clock, SystemClock};
/// use readmit_error::{Kind, Replay, Stage, Transport};
///
/// let refused = Transport { stage: Stage::Connect, timed_out: false };
/// let failure = classify_transport(refused, SystemClock.wall());
/// assert_eq!(failure.kind(), Kind::Connect);
/// assert_eq!(failure.replay(), Replay::NotProcessed);
/// ```
#[must_use]
pub fn classify_transport(transport: Transport, received_at: SystemTime) -> Failure {
    let kind = match (transport.stage, transport.timed_out) {
        (Stage::Dns, _) => Kind::Dns,
        (Stage::Connect, _) => Kind::Connect,
        (Stage::Tls, false) => Kind::Tls,
        (Stage::Unsent | Stage::Sent | Stage::Answering, false) => Kind::ConnectionLost,
        (Stage::Tls | Stage::Unsent | Stage::Sent | Stage::Answering, true) => Kind::ClientTimeout,
    };
    Failure::builder(kind, Origin::Transport(transport))
        .timestamp(received_at)
        .because(format_args!("transport: {transport}"))
        .build()
}

/// Finds out how a call broke off, from the types in the chain of an error and never from its words
/// (rule 80).
///
/// A [`Transport`] anywhere in the chain has the last word, one inside an [`io::Error`] included.
/// Else the kind of the first [`io::Error`] that has a meaning here decides.
/// Only a refused connection proves that nothing was sent: an unreachable network or a time-out of
/// the system's can strike after the request as well, and counts as after.
/// `None` where no type in the chain is known.
///
/// # Example
///
/// ```
/// use std::io;
///
/// use readmit_classify::transport_of;
/// use readmit_error::Stage;
///
/// let error = io::Error::from(io::ErrorKind::ConnectionRefused);
/// assert_eq!(transport_of(&error).map(|transport| transport.stage), Some(Stage::Connect));
/// assert_eq!(transport_of(&io::Error::other("connection refused")), None);
/// ```
#[must_use]
pub fn transport_of(error: &(dyn Error + 'static)) -> Option<Transport> {
    let mut guess = None;
    let mut next = Some(error);
    // A chain is a few errors long; one without an end is not followed to it.
    for _ in 0..CHAIN_LIMIT {
        let Some(error) = next else { break };
        if let Some(transport) = error.downcast_ref::<Transport>() {
            return Some(*transport);
        }
        next = error.source();
        if let Some(error) = error.downcast_ref::<io::Error>() {
            guess = guess.or_else(|| of_io(error.kind()));
            // The source of an `io::Error` is the source of what it wraps, which is passed over.
            if let Some(inner) = error.get_ref() {
                next = Some(inner);
            }
        }
    }
    guess
}

#[expect(clippy::wildcard_enum_match_arm, reason = "most kinds are about files")]
fn of_io(kind: io::ErrorKind) -> Option<Transport> {
    let (stage, timed_out) = match kind {
        io::ErrorKind::AddrInUse
        | io::ErrorKind::AddrNotAvailable
        | io::ErrorKind::ConnectionRefused => (Stage::Connect, false),
        io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NotConnected
        | io::ErrorKind::UnexpectedEof => (Stage::Sent, false),
        io::ErrorKind::TimedOut => (Stage::Sent, true),
        _ => return None,
    };
    Some(Transport { stage, timed_out })
}

const CHAIN_LIMIT: usize = 64;

#[cfg(test)]
mod tests {
    use std::fmt;

    use readmit_error::Replay;

    use super::*;

    const DNS: Transport = Transport { stage: Stage::Dns, timed_out: false };

    #[test]
    fn r80_the_stage_and_the_clock_decide_the_kind() {
        for (stage, broken, late) in [
            (Stage::Dns, Kind::Dns, Kind::Dns),
            (Stage::Connect, Kind::Connect, Kind::Connect),
            (Stage::Tls, Kind::Tls, Kind::ClientTimeout),
            (Stage::Unsent, Kind::ConnectionLost, Kind::ClientTimeout),
            (Stage::Sent, Kind::ConnectionLost, Kind::ClientTimeout),
            (Stage::Answering, Kind::ConnectionLost, Kind::ClientTimeout),
        ] {
            for (timed_out, kind) in [(false, broken), (true, late)] {
                let transport = Transport { stage, timed_out };

                let failure = classify_transport(transport, SystemTime::UNIX_EPOCH);

                assert_eq!(failure.kind(), kind, "{transport:?}");
                assert_eq!(failure.replay(), transport.replay());
            }
        }
    }

    #[test]
    fn r80_a_transport_is_found_through_every_wrapping() {
        let wrapped = Outer(Box::new(io::Error::new(io::ErrorKind::ConnectionReset, DNS)));

        assert_eq!(transport_of(&wrapped), Some(DNS));
        assert_eq!(transport_of(&DNS), Some(DNS));
    }

    #[test]
    fn r80_words_decide_nothing() {
        assert_eq!(transport_of(&io::Error::other("dns error: connection refused")), None);
        assert_eq!(transport_of(&fmt::Error), None);
    }

    #[test]
    fn r40_what_may_have_been_sent_is_not_called_unsent() {
        for kind in [
            io::ErrorKind::ConnectionReset,
            io::ErrorKind::HostUnreachable,
            io::ErrorKind::TimedOut,
            io::ErrorKind::UnexpectedEof,
        ] {
            let transport = transport_of(&io::Error::from(kind));

            assert_eq!(transport.map(Transport::replay), Some(Replay::PossiblyProcessed));
        }
    }

    #[test]
    fn a_chain_without_an_end_is_left() {
        assert_eq!(transport_of(&Endless), None);
    }

    #[derive(Debug)]
    struct Outer(Box<dyn Error>);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("outer")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&*self.0)
        }
    }

    #[derive(Debug)]
    struct Endless;

    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("endless")
        }
    }

    impl Error for Endless {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }
}
