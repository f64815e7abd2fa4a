/// What a line of an audit chain holds.
pub(super) enum Member<'l> {
    Entry(&'l [u8]),
    /// What is said of lines that a crash tore.
    Mark,
}

/// Takes apart a line of an audit chain, without a look at its hash; `None` where it is no such
/// line.
pub(super) fn member(line: &[u8]) -> Option<Member<'_>> {
    let rest = line.strip_prefix(b"{\"seq\":")?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = rest.get(digits..)?.strip_prefix(b",\"prev\":\"")?;
    let rest = rest.get(HASH..)?.strip_prefix(b"\",")?;
    if rest.starts_with(b"\"torn\":") {
        return Some(Member::Mark);
    }
    let rest = rest.strip_prefix(b"\"entry\":")?;
    let end = rest.len().checked_sub(b",\"hash\":\"".len() + HASH + b"\"}".len())?;
    let (entry, hash) = rest.split_at_checked(end)?;
    hash.starts_with(b",\"hash\":\"").then_some(Member::Entry(entry))
}

/// Digits of a hash.
const HASH: usize = 64;
