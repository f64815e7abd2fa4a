/// The choices of one schedule, and by them the way to the next.
#[derive(Debug, Default)]
pub(super) struct Path {
    /// What was chosen, of how many.
    taken: Vec<(usize, usize)>,
    /// How many of them the schedule has come past.
    passed: usize,
}

impl Path {
    /// Chooses one of so many.
    pub(super) fn choose(&mut self, of: usize) -> usize {
        if self.passed == self.taken.len() {
            self.taken.push((0, of));
        }
        let (chosen, before) = self.taken[self.passed];
        assert_eq!(before, of, "a schedule went otherwise the second time");
        self.passed += 1;
        chosen
    }

    /// Goes on to the next schedule; `false` where that was the last.
    pub(super) fn advance(&mut self) -> bool {
        self.passed = 0;
        while let Some((chosen, of)) = self.taken.pop() {
            if chosen + 1 < of {
                self.taken.push((chosen + 1, of));
                return true;
            }
        }
        false
    }
}

#[test]
fn all_ways_are_gone_once() {
    let (mut path, mut gone) = (Path::default(), Vec::new());

    loop {
        let first = path.choose(2);
        gone.push((first, if first == 1 { path.choose(3) } else { 0 }));
        if !path.advance() {
            break;
        }
    }

    assert_eq!(gone, [(0, 0), (1, 0), (1, 1), (1, 2)]);
}
