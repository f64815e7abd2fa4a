use http::Method;
use readmit_core::Draws;

use crate::api::Api;
use crate::fault::Fault;
use crate::scope::Scope;

/// A fault that has yet to be told when to strike; made by [`Api::fault`].
///
/// Where several faults would strike the same request, the one scripted first does, and the others
/// wait: [`next`](FaultScript::next) counts only the requests that its fault struck, while
/// [`nth`](FaultScript::nth) counts all that its scope covers.
///
/// # Example
///
/// ```
/// use readmit_testkit::{Api, Fault, Hint};
///
/// let api = Api::new();
/// // The first request is answered with a 500, the next two with a 503, and then all is well.
/// api.fault(Fault::InternalError).once();
/// api.fault(Fault::Unavailable { retry_after: Hint::Absent }).next(2);
/// ```
#[derive(Debug)]
#[must_use = "says nothing until told when to strike"]
pub struct FaultScript<'a> {
    api: &'a Api,
    fault: Fault,
    scope: Scope,
}

impl<'a> FaultScript<'a> {
    pub(crate) fn new(api: &'a Api, fault: Fault) -> FaultScript<'a> {
        FaultScript { api, fault, scope: Scope::everything() }
    }

    /// Confines it to requests of this method to this path (default: all requests).
    ///
    /// `*` is any method or any path; a segment `{…}` of the path is any one segment.
    pub fn on(mut self, method: &str, path: &str) -> FaultScript<'a> {
        self.scope = Scope::only(method, path);
        self
    }

    /// Strikes each request, until the faults are cleared.
    pub fn always(self) {
        self.add(When::Always);
    }

    /// Strikes the next request.
    pub fn once(self) {
        self.next(1);
    }

    /// Strikes the next `count` requests.
    pub fn next(self, count: u64) {
        self.add(When::Next(count));
    }

    /// Strikes only the `number`-th request that comes from here on, counted from 1.
    pub fn nth(self, number: u64) {
        self.add(When::Nth(number));
    }

    /// Strikes this many requests in a hundred, the same ones for the same
    /// [`seed`](crate::Builder::seed); 100 and more is each.
    pub fn at_percent(self, percent: u8) {
        self.add(When::Percent(percent));
    }

    fn add(self, when: When) {
        self.api.state().script.add(self.fault, self.scope, when);
    }
}

/// All faults that may yet strike, in the order they were scripted.
#[derive(Debug)]
pub(crate) struct Script {
    rules: Vec<Rule>,
    draws: Draws,
}

/// When a fault strikes; what is counted down has that many to go.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    Always,
    Next(u64),
    Nth(u64),
    Percent(u8),
}

#[derive(Debug)]
struct Rule {
    fault: Fault,
    scope: Scope,
    when: When,
}

impl Script {
    pub(crate) fn seeded(seed: u64) -> Script {
        Script { rules: Vec::new(), draws: Draws::seeded(seed) }
    }

    pub(crate) fn add(&mut self, fault: Fault, scope: Scope, when: When) {
        if !when.is_spent() {
            self.rules.push(Rule { fault, scope, when });
        }
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// Returns the fault that strikes this request, if one does.
    pub(crate) fn strike(&mut self, method: &Method, path: &str) -> Option<Fault> {
        let mut struck = None;
        for rule in self.rules.iter_mut().filter(|rule| rule.scope.covers(method, path)) {
            if rule.when.strikes(struck.is_none(), &self.draws) {
                struck.get_or_insert_with(|| rule.fault.clone());
            }
        }
        self.rules.retain(|rule| !rule.when.is_spent());
        struck
    }
}

impl When {
    /// Takes note of a request, and returns whether it is struck as far as this rule goes.
    fn strikes(&mut self, is_free: bool, draws: &Draws) -> bool {
        match self {
            When::Always => true,
            When::Next(left) => {
                let strikes = is_free && 0 < *left;
                *left -= u64::from(strikes);
                strikes
            }
            When::Nth(left) => {
                *left = left.saturating_sub(1);
                *left == 0
            }
            When::Percent(percent) => draws.draw().get() * 100.0 < f64::from(*percent),
        }
    }

    fn is_spent(&self) -> bool {
        match self {
            When::Next(left) | When::Nth(left) => *left == 0,
            When::Always | When::Percent(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_strikes_that_many_and_no_more() {
        let mut script = script(&[(Fault::Hang, When::Next(2))]);

        assert_eq!(strikes(&mut script, 4), ["Hang", "Hang", "-", "-"]);
    }

    #[test]
    fn nth_strikes_one_and_is_spent() {
        let mut script = script(&[(Fault::Hang, When::Nth(3))]);

        assert_eq!(strikes(&mut script, 5), ["-", "-", "Hang", "-", "-"]);
        assert!(script.rules.is_empty());
    }

    #[test]
    fn none_is_struck_by_a_count_of_zero() {
        let mut script = script(&[(Fault::Hang, When::Next(0)), (Fault::Hang, When::Nth(0))]);

        assert_eq!(strikes(&mut script, 2), ["-", "-"]);
    }

    #[test]
    fn faults_that_were_scripted_in_a_row_strike_in_a_row() {
        let mut script = script(&[
            (Fault::Hang, When::Next(1)),
            (Fault::LostAnswer, When::Next(2)),
            (Fault::Stalled, When::Always),
        ]);

        assert_eq!(strikes(&mut script, 4), ["Hang", "LostAnswer", "LostAnswer", "Stalled"]);
    }

    #[test]
    fn nth_counts_what_an_earlier_fault_struck() {
        let mut script = script(&[(Fault::Hang, When::Next(1)), (Fault::LostAnswer, When::Nth(2))]);

        assert_eq!(strikes(&mut script, 3), ["Hang", "LostAnswer", "-"]);
    }

    #[test]
    fn a_rate_is_kept_and_repeats_itself_for_a_seed() {
        let mut one = script(&[(Fault::Hang, When::Percent(30))]);
        let mut other = script(&[(Fault::Hang, When::Percent(30))]);

        let struck = strikes(&mut one, 1_000);

        assert_eq!(strikes(&mut other, 1_000), struck);
        let hangs = struck.iter().filter(|name| *name == "Hang").count();
        assert!((250..=350).contains(&hangs), "{hangs}");
    }

    #[test]
    fn a_rate_of_nought_or_all_is_exact() {
        let mut none = script(&[(Fault::Hang, When::Percent(0))]);
        let mut all = script(&[(Fault::Hang, When::Percent(101))]);

        assert!(strikes(&mut none, 100).iter().all(|name| name == "-"));
        assert!(strikes(&mut all, 100).iter().all(|name| name == "Hang"));
    }

    #[test]
    fn a_request_out_of_scope_is_not_counted() {
        let mut script = Script::seeded(7);
        script.add(Fault::Hang, Scope::only("POST", "/token"), When::Nth(1));

        assert!(script.strike(&Method::GET, "/data_flows").is_none());
        assert!(script.strike(&Method::POST, "/token").is_some());
    }

    fn script(rules: &[(Fault, When)]) -> Script {
        let mut script = Script::seeded(7);
        for (fault, when) in rules {
            script.add(fault.clone(), Scope::everything(), *when);
        }
        script
    }

    fn strikes(script: &mut Script, requests: usize) -> Vec<String> {
        (0..requests)
            .map(|_| script.strike(&Method::GET, "/data_flows"))
            .map(|fault| fault.map_or("-".to_owned(), |fault| format!("{fault:?}")))
            .collect()
    }
}
