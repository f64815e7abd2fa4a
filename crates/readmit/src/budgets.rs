use readmit_retry::Budget;
use url::Url;

use crate::origins::is_same;

/// One retry budget per origin, so that the trouble of one does not cost another its retries.
#[derive(Debug)]
pub(crate) struct Budgets {
    of: Vec<(Url, Budget)>,
    /// For all origins that were not named beforehand: their number is not bounded.
    of_others: Budget,
}

impl Budgets {
    pub(crate) fn new(origins: impl IntoIterator<Item = Url>) -> Budgets {
        let of = origins.into_iter().map(|origin| (origin, Budget::default())).collect();
        Budgets { of, of_others: Budget::default() }
    }

    pub(crate) fn of(&self, url: &Url) -> &Budget {
        let found = self.of.iter().find(|(origin, _)| is_same(origin, url));
        found.map_or(&self.of_others, |(_, budget)| budget)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use readmit_core::{Clock, SystemClock};

    use super::*;

    #[test]
    fn the_trouble_of_one_origin_does_not_cost_another_its_retries() {
        let [home, other] =
            ["https://a.test/v1", "https://b.test"].map(|url| Url::parse(url).unwrap());
        let budgets = Budgets::new([home.clone()]);
        let now = SystemClock.now() + Duration::from_secs(1);
        while let Ok(credit) = budgets.of(&other).withdraw(now) {
            credit.spend();
        }

        assert!(budgets.of(&other).withdraw(now).is_err());
        assert!(budgets.of(&home.join("/v2").unwrap()).withdraw(now).is_ok());
    }
}
