use crate::ConfigError;

/// The share of operations that may fail, which is the budget that burns.
///
/// # Example
///
/// ```
/// use readmit_monitor::Slo;
///
/// // 99.9 % of the operations are to succeed.
/// let slo = Slo::failures_per_10_000(10)?;
/// assert_eq!(slo.budget(), 0.001);
/// # Ok::<_, readmit_monitor::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Slo {
    per_10_000: u32,
}

impl Slo {
    /// One operation of a hundred may fail.
    pub const DEFAULT: Slo = Slo { per_10_000: 100 };

    /// Returns the objective that at most so many operations of 10,000 fail.
    ///
    /// # Errors
    ///
    /// [`ConfigError::BudgetOutOfRange`] for 0, which no service keeps, and from 10,000 on.
    pub fn failures_per_10_000(failures: u32) -> Result<Slo, ConfigError> {
        match failures {
            1..=9_999 => Ok(Slo { per_10_000: failures }),
            0 | 10_000.. => Err(ConfigError::BudgetOutOfRange { per_10_000: failures }),
        }
    }

    /// Returns the share of operations that may fail, in `0.0..1.0`.
    #[must_use]
    pub fn budget(self) -> f64 {
        f64::from(self.per_10_000) / 10_000.0
    }
}
