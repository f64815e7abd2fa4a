use readmit_classify::Dialect;
use readmit_error::neutralise;

use crate::answer;
use crate::fields::split;

/// The file of a dialect, `---` on a line, and an answer as `classify` takes it: either all that is
/// wrong with the file is told, or the answer is understood in this dialect.
pub fn dialect(data: &[u8]) {
    let (file, answer) = split(data, b"\n---\n");
    let Ok(file) = str::from_utf8(file) else { return };
    let told = Dialect::parse(file);
    let error = match told {
        Ok(dialect) => return answer::understand(answer, Some(&dialect)),
        Err(error) => error,
    };
    assert!(!error.mistakes().is_empty(), "a reason");
    assert!(error.mistakes().is_sorted());
    let lines = file.split('\n').count();
    for mistake in error.mistakes() {
        assert!((1..=lines).contains(&mistake.line()) && 1 <= mistake.column(), "{mistake}");
        assert_eq!(neutralise(mistake.what(), usize::MAX), mistake.what());
    }
}
