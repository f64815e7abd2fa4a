use std::num::NonZeroU32;

use readmit_core::Draws;

/// The nonces of proofs: one that is told, and the one before it.
pub(crate) struct Nonces {
    every: NonZeroU32,
    /// How many answers have told the present one.
    told: u32,
    present: String,
    last: Option<String>,
    draws: Draws,
}

impl Nonces {
    pub(crate) fn every(answers: NonZeroU32) -> Nonces {
        let draws = Draws::from_process();
        Nonces { every: answers, told: 0, present: random(&draws), last: None, draws }
    }

    pub(crate) fn hand_out(&mut self) -> String {
        if self.every.get() <= self.told {
            let next = random(&self.draws);
            self.last = Some(std::mem::replace(&mut self.present, next));
            self.told = 0;
        }
        self.told += 1;
        self.present.clone()
    }

    pub(crate) fn takes(&self, nonce: Option<&str>) -> bool {
        nonce.is_some_and(|nonce| nonce == self.present || Some(nonce) == self.last.as_deref())
    }
}

fn random(draws: &Draws) -> String {
    format!("nonce-{:016x}", draws.draw().get().to_bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r33_a_nonce_changes_every_so_many_answers() {
        let mut nonces = Nonces::every(NonZeroU32::new(2).unwrap());

        let told = [(); 5].map(|()| nonces.hand_out());

        assert!(told[0] == told[1] && told[2] == told[3]);
        assert!(told[1] != told[2] && told[3] != told[4]);
    }

    #[test]
    fn r33_the_last_nonce_is_still_taken_and_an_older_one_is_not() {
        let mut nonces = Nonces::every(NonZeroU32::MIN);
        let [first, second, third] = [(); 3].map(|()| nonces.hand_out());

        assert!(nonces.takes(Some(&third)) && nonces.takes(Some(&second)));
        assert!(!nonces.takes(Some(&first)) && !nonces.takes(None));
    }
}
