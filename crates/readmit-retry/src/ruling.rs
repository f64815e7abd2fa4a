use crate::{Fault, Verdict};

/// A verdict, and the kind of failure that it is about.
///
/// Wherever one is asked for, a [`Verdict`] alone will do: it is about a
/// [`Fault::Transient`].
///
/// # Example
///
/// ```
/// use readmit_retry::{Fault, Ruling, Verdict};
///
/// let late = Verdict::Retry.because(Fault::TimedOut);
/// assert_eq!((late.verdict(), late.fault()), (Verdict::Retry, Fault::TimedOut));
/// assert_eq!(Ruling::from(Verdict::Stop).fault(), Fault::Transient);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Ruling {
    verdict: Verdict,
    fault: Fault,
}

impl Ruling {
    /// Returns whether there is to be another attempt.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        self.verdict
    }

    /// Returns the kind of failure.
    #[must_use]
    pub fn fault(self) -> Fault {
        self.fault
    }
}

impl From<Verdict> for Ruling {
    fn from(verdict: Verdict) -> Ruling {
        verdict.because(Fault::default())
    }
}

impl Verdict {
    /// Returns this verdict with the kind of failure, which a budget may charge more or less for.
    #[must_use]
    pub fn because(self, fault: Fault) -> Ruling {
        Ruling { verdict: self, fault }
    }
}
