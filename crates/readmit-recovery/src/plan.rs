use readmit_error::{Failure, Kind};

use crate::demand::{Demand, Undecodable};
use crate::recoveries::{Recoveries, Spent};
use crate::strategy::Strategy;

/// What to do before the same request is sent again.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a driver must think of every plan")]
pub enum Plan {
    /// Ask the source, or the person, for a credential that meets the demand; none that is held
    /// does.
    Ask {
        /// Which kind of recovery it is.
        strategy: Strategy,
        /// What is wanted.
        demand: Demand,
    },
    /// Sign again, by the server's clock.
    LearnClock,
    /// Get another credential than the one that was sent:
    /// [`try_recover`](crate::Lifecycle::try_recover).
    Renew {
        /// Which kind of recovery it is.
        strategy: Strategy,
    },
    /// Make another proof, with the server's nonce.
    ResendWithNonce,
}

/// What can be done for a call: what its credential, its source and its person are able to.
///
/// # Example
///
/// ```
/// use readmit_error::{Failure, Kind, Origin};
/// use readmit_recovery::{Means, NoPlan, Plan, Recoveries, Strategy};
///
/// let expired = Failure::builder(Kind::TokenExpired, Origin::Answer { status: 401 }).build();
/// let mut recoveries = Recoveries::default();
///
/// let plan = recoveries.plan(&expired, Means::NONE.renew());
/// assert_eq!(plan, Ok(Plan::Renew { strategy: Strategy::Refresh }));
///
/// // It expired again: the same challenge after it was answered is the caller's.
/// let plan = recoveries.plan(&expired, Means::NONE.renew());
/// assert!(matches!(plan, Err(NoPlan::Spent(_))));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub struct Means<'a> {
    renews: bool,
    clock_explains: bool,
    has_nonce: bool,
    answers_claims: bool,
    steps_up: bool,
    widens: bool,
    granted: Option<&'a str>,
}

impl<'a> Means<'a> {
    /// Nothing can be done.
    pub const NONE: Means<'static> = Means {
        renews: false,
        clock_explains: false,
        has_nonce: false,
        answers_claims: false,
        steps_up: false,
        widens: false,
        granted: None,
    };

    /// There is a source that can give another credential.
    pub fn renew(mut self) -> Means<'a> {
        self.renews = true;
        self
    }

    /// The request was signed, and the server's clock explains the failure:
    /// [`sign_anew`](crate::ServerClock::sign_anew).
    pub fn clock_explains(mut self) -> Means<'a> {
        self.clock_explains = true;
        self
    }

    /// There is another nonce than the one that was sent: [`resend`](crate::Nonces::resend).
    pub fn other_nonce(mut self) -> Means<'a> {
        self.has_nonce = true;
        self
    }

    /// The source takes claims.
    pub fn answer_claims(mut self) -> Means<'a> {
        self.answers_claims = true;
        self
    }

    /// There is somebody who can have the person authenticate again.
    pub fn step_up(mut self) -> Means<'a> {
        self.steps_up = true;
        self
    }

    /// The source can be asked for more scopes than the credential has.
    pub fn widen(mut self) -> Means<'a> {
        self.widens = true;
        self
    }

    /// The credential has these scopes, as an answer lists them.
    pub fn granted(mut self, scope: &'a str) -> Means<'a> {
        self.granted = Some(scope);
        self
    }
}

/// Why a failure is the caller's to have.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NoPlan {
    /// The credential has the scopes that are named: another one of the same scopes would fare no
    /// better (rule 30).
    #[error("the credential has the scopes that the server names")]
    AlreadyGranted,
    /// It concerns a proxy, or a portal on the way, which must never see the credential (rule 36).
    #[error("it is not the origin that refused the request")]
    Elsewhere,
    /// Nothing that could be done here would help.
    #[error("no recovery is known for `{}`", .0.as_str())]
    NotRecoverable(Kind),
    /// What would help is not at hand.
    #[error("there is nothing to recover by {0} with")]
    NoMeans(Strategy),
    /// This call had it, or had enough.
    #[error(transparent)]
    Spent(#[from] Spent),
    /// What the server demands cannot be read (rule 31).
    #[error(transparent)]
    Undecodable(#[from] Undecodable),
}

impl Recoveries {
    /// Says what a failure calls for, and spends it: at most one recovery of each kind, and three
    /// in all (rule 27).
    ///
    /// A 401 without a challenge is recovered from like any other (rule 29). A 403 never renews:
    /// where it names scopes that the credential lacks they can be asked for (rule 30). A step-up
    /// is for whoever can have the person authenticate, and no silent refresh (rule 32).
    ///
    /// # Errors
    ///
    /// Returns [`NoPlan`] where the failure is the caller's; nothing is spent then.
    pub fn plan(&mut self, failure: &Failure, means: Means<'_>) -> Result<Plan, NoPlan> {
        let plan = plan(failure, means)?;
        self.try_spend(plan.strategy())?;
        Ok(plan)
    }
}

impl Plan {
    /// Returns which kind of recovery it is.
    #[must_use]
    pub fn strategy(&self) -> Strategy {
        match self {
            Plan::Ask { strategy, .. } | Plan::Renew { strategy } => *strategy,
            Plan::LearnClock => Strategy::LearnClock,
            Plan::ResendWithNonce => Strategy::ResendWithNonce,
        }
    }
}

fn plan(failure: &Failure, means: Means<'_>) -> Result<Plan, NoPlan> {
    if let Some(407 | 511) = failure.status() {
        return Err(NoPlan::Elsewhere);
    }
    let renew = |strategy| with(means.renews, strategy, Plan::Renew { strategy });
    match failure.kind() {
        Kind::MissingCredentials => renew(Strategy::Fetch),
        // A signature that is refused may be right, and the time in it wrong (rule 51).
        Kind::InvalidCredentials if means.clock_explains => Ok(Plan::LearnClock),
        Kind::InvalidCredentials => renew(Strategy::ReAuthenticate),
        Kind::TokenExpired => renew(Strategy::Refresh),
        Kind::ChallengeNonce => {
            with(means.has_nonce, Strategy::ResendWithNonce, Plan::ResendWithNonce)
        }
        Kind::ClockSkew => with(means.clock_explains, Strategy::LearnClock, Plan::LearnClock),
        Kind::StepUpRequired => step_up(Demand::of(failure)?.unwrap_or_default(), means),
        Kind::InsufficientPermissions => widen(failure, means),
        Kind::RateLimited
        | Kind::QuotaExhausted
        | Kind::Pending
        | Kind::MalformedRequest
        | Kind::ValidationFailed
        | Kind::PayloadTooLarge
        | Kind::NotFound
        | Kind::Gone
        | Kind::Conflict
        | Kind::ServerError
        | Kind::Unavailable
        | Kind::Gateway
        | Kind::Timeout
        | Kind::Dns
        | Kind::Connect
        | Kind::Tls
        | Kind::ConnectionLost
        | Kind::ClientTimeout
        | Kind::CircuitOpen
        | Kind::RetriesExhausted
        | Kind::DeadlineExceeded
        | Kind::LockedOut
        | Kind::OutcomeUnknown
        | Kind::Unknown => Err(NoPlan::NotRecoverable(failure.kind())),
    }
}

fn step_up(demand: Demand, means: Means<'_>) -> Result<Plan, NoPlan> {
    let (has, strategy) = if demand.claims().is_some() {
        (means.answers_claims, Strategy::AnswerClaims)
    } else {
        (means.steps_up, Strategy::StepUp)
    };
    with(has, strategy, Plan::Ask { strategy, demand })
}

fn widen(failure: &Failure, means: Means<'_>) -> Result<Plan, NoPlan> {
    let Some(demand) = Demand::of(failure)? else {
        return Err(NoPlan::NotRecoverable(failure.kind()));
    };
    if means.granted.is_some_and(|granted| demand.is_within(granted)) {
        return Err(NoPlan::AlreadyGranted);
    }
    let strategy = Strategy::WidenScope;
    with(means.widens, strategy, Plan::Ask { strategy, demand })
}

fn with(has: bool, strategy: Strategy, plan: Plan) -> Result<Plan, NoPlan> {
    if has { Ok(plan) } else { Err(NoPlan::NoMeans(strategy)) }
}

#[cfg(test)]
mod tests {
    use readmit_error::{Challenge, Origin};

    use super::*;

    #[test]
    fn r27_each_kind_has_its_plan_once() {
        let means = Means::NONE.renew().other_nonce().step_up();
        let cases = [
            (Kind::MissingCredentials, Strategy::Fetch),
            (Kind::InvalidCredentials, Strategy::ReAuthenticate),
            (Kind::TokenExpired, Strategy::Refresh),
            (Kind::ChallengeNonce, Strategy::ResendWithNonce),
            (Kind::StepUpRequired, Strategy::StepUp),
        ];
        for (kind, strategy) in cases {
            let mut recoveries = Recoveries::default();
            let failure = failure(kind, 401);

            assert_eq!(recoveries.plan(&failure, means).map(|plan| plan.strategy()), Ok(strategy));
            let again = recoveries.plan(&failure, means);
            assert_eq!(again, Err(NoPlan::Spent(Spent::Kind(strategy))));
        }
    }

    #[test]
    fn r27_what_cannot_be_done_spends_nothing() {
        let mut recoveries = Recoveries::default();

        let without = recoveries.plan(&failure(Kind::TokenExpired, 401), Means::NONE);

        assert_eq!(without, Err(NoPlan::NoMeans(Strategy::Refresh)));
        assert_eq!(recoveries.count(), 0);
    }

    #[test]
    fn r29_a_401_without_a_challenge_is_recovered_from() {
        let bare = failure(Kind::InvalidCredentials, 401);
        assert!(bare.challenges().is_empty());

        let plan = Recoveries::default().plan(&bare, Means::NONE.renew());

        assert_eq!(plan, Ok(Plan::Renew { strategy: Strategy::ReAuthenticate }));
    }

    #[test]
    fn r30_a_403_asks_for_the_scopes_that_are_named_and_renews_nothing() {
        let challenge = Challenge::new("Bearer").param("error", "insufficient_scope");
        let all = Means::NONE.renew().step_up().answer_claims().widen();
        let denied = denied(challenge.clone().param("scope", "write"));

        let plan = plan(&denied, all.granted("read"));

        let Ok(Plan::Ask { strategy: Strategy::WidenScope, demand }) = plan else {
            panic!("{plan:?}")
        };
        assert_eq!(demand.scopes(), ["write"]);
        let granted = super::plan(&denied, all.granted("read write"));
        assert_eq!(granted, Err(NoPlan::AlreadyGranted));
        let unable = super::plan(&denied, Means::NONE.renew());
        assert_eq!(unable, Err(NoPlan::NoMeans(Strategy::WidenScope)));
        let unnamed = super::plan(&self::denied(challenge), all);
        assert_eq!(unnamed, Err(NoPlan::NotRecoverable(Kind::InsufficientPermissions)));
        let malformed = super::plan(&failure(Kind::MalformedRequest, 400), all);
        assert_eq!(malformed, Err(NoPlan::NotRecoverable(Kind::MalformedRequest)));
    }

    #[test]
    fn r31_claims_go_to_a_source_that_takes_them() {
        let challenge = Challenge::new("Bearer").param("error", "insufficient_claims");
        let claimed = |claims| {
            Failure::builder(Kind::StepUpRequired, Origin::Answer { status: 401 })
                .challenge(challenge.clone().param("claims", claims))
                .build()
        };

        let plan = plan(&claimed("e30"), Means::NONE.answer_claims());

        let Ok(Plan::Ask { strategy: Strategy::AnswerClaims, demand }) = plan else {
            panic!("{plan:?}")
        };
        assert_eq!(demand.claims(), Some("{}"));
        let unable = super::plan(&claimed("e30"), Means::NONE.renew().step_up());
        assert_eq!(unable, Err(NoPlan::NoMeans(Strategy::AnswerClaims)));
        let unreadable = super::plan(&claimed("!"), Means::NONE.renew().answer_claims());
        assert_eq!(unreadable, Err(NoPlan::Undecodable(Undecodable)));
    }

    #[test]
    fn r32_a_step_up_is_no_silent_refresh() {
        let silent = plan(&failure(Kind::StepUpRequired, 401), Means::NONE.renew());

        assert_eq!(silent, Err(NoPlan::NoMeans(Strategy::StepUp)));
    }

    #[test]
    fn r33_a_nonce_that_was_sent_already_is_no_reason_to_send_again() {
        let stale = plan(&failure(Kind::ChallengeNonce, 401), Means::NONE.renew());

        assert_eq!(stale, Err(NoPlan::NoMeans(Strategy::ResendWithNonce)));
    }

    #[test]
    fn r36_a_proxy_and_a_portal_get_nothing() {
        for (kind, status) in [(Kind::MissingCredentials, 407), (Kind::TokenExpired, 511)] {
            let plan = plan(&failure(kind, status), Means::NONE.renew());
            assert_eq!(plan, Err(NoPlan::Elsewhere));
        }
    }

    #[test]
    fn r51_a_refused_signature_is_made_anew_where_the_clock_explains_it() {
        for kind in [Kind::InvalidCredentials, Kind::ClockSkew] {
            let plan = plan(&failure(kind, 403), Means::NONE.renew().clock_explains());
            assert_eq!(plan, Ok(Plan::LearnClock));
        }
        let unexplained = plan(&failure(Kind::ClockSkew, 403), Means::NONE.renew());
        assert_eq!(unexplained, Err(NoPlan::NoMeans(Strategy::LearnClock)));
    }

    fn failure(kind: Kind, status: u16) -> Failure {
        Failure::builder(kind, Origin::Answer { status }).build()
    }

    fn denied(challenge: Challenge) -> Failure {
        Failure::builder(Kind::InsufficientPermissions, Origin::Answer { status: 403 })
            .challenge(challenge)
            .build()
    }
}
