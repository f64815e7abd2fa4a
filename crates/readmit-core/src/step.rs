/// What a machine decided, and what changed by it.
///
/// A machine logs nothing and calls nobody back: its caller releases the lock, then looks at
/// [`change`](Step::change) and tells whoever wants to know.
///
/// # Example
///
/// ```
/// use readmit_core::Step;
///
/// let quiet: Step<u8, &str> = Step::still(1);
/// assert_eq!(quiet.change, None);
///
/// let loud = Step::changed(1, "opened");
/// assert_eq!(loud.change, Some("opened"));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
#[expect(clippy::exhaustive_structs, reason = "a decision and its change are all there is")]
pub struct Step<D, C> {
    /// The answer to what was asked.
    pub decision: D,
    /// The change of state that came with it.
    pub change: Option<C>,
}

impl<D, C> Step<D, C> {
    /// Returns a step that changed nothing.
    pub fn still(decision: D) -> Step<D, C> {
        Step { decision, change: None }
    }

    /// Returns a step that changed the state.
    pub fn changed(decision: D, change: C) -> Step<D, C> {
        Step { decision, change: Some(change) }
    }

    /// Maps the decision and keeps the change.
    pub fn map<E>(self, f: impl FnOnce(D) -> E) -> Step<E, C> {
        Step { decision: f(self.decision), change: self.change }
    }
}
