//! The fields as structured fields (RFC 9651), by the draft of the IETF.

use std::fmt;
use std::time::Duration;

use super::structured::{self, Keys, Malformed};

/// What a `RateLimit` field says of one limit.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Limit {
    /// The name of the policy.
    pub name: String,
    /// Units that are left: `r`.
    pub remaining: u64,
    /// How long until there are more, counted from when the answer was made: `t`.
    pub reset_after: Option<Duration>,
    /// What the limit is counted for, as the server names it: `pk`.
    pub partition_key: Option<Vec<u8>>,
}

/// What a `RateLimit-Policy` field says of one policy.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// The name of the policy.
    pub name: String,
    /// Units in each window: `q`.
    pub quota: u64,
    /// The length of the window, never zero: `w`.
    pub window: Option<Duration>,
    /// What is counted, as the server names it: `qu`. Requests, where it is missing.
    pub quota_unit: Option<String>,
    /// What the policy is counted for, as the server names it: `pk`.
    pub partition_key: Option<Vec<u8>>,
}

// A partition key may name a user or a key: it is told and never shown.
impl fmt::Debug for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limit")
            .field("name", &self.name)
            .field("remaining", &self.remaining)
            .field("reset_after", &self.reset_after)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("name", &self.name)
            .field("quota", &self.quota)
            .field("window", &self.window)
            .field("quota_unit", &self.quota_unit)
            .finish_non_exhaustive()
    }
}

/// Reads the values of `RateLimit`, such as `headers.get_all("ratelimit")`, in the server's order.
///
/// Several values are one list, and no value is a list of nothing. None where anything is
/// malformed, of the wrong type, negative or missing: half a field is never trusted (rule 53).
/// Parameters that the draft does not define are comments.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_classify::rate_limit;
///
/// let told = rate_limit::limits([r#""burst";r=0;t=30, "daily";r=52"#]).ok_or("malformed")?;
/// assert_eq!((told[0].name.as_str(), told[0].remaining), ("burst", 0));
/// assert_eq!(told[0].reset_after, Some(Duration::from_secs(30)));
/// assert_eq!(told[1].reset_after, None);
/// assert_eq!(rate_limit::limits([r#""burst";r=0;t=30, "daily""#]), None);
/// # Ok::<_, &str>(())
/// ```
#[must_use]
pub fn limits<V: AsRef<[u8]>>(values: impl IntoIterator<Item = V>) -> Option<Vec<Limit>> {
    let mut limits = Vec::new();
    structured::list(LIMIT, values, |member| {
        limits.push(Limit {
            name: member.name.as_str().to_owned(),
            remaining: member.count,
            reset_after: member.seconds.map(Duration::from_secs),
            partition_key: member.partition_key,
        });
        Ok(())
    })?;
    Some(limits)
}

/// Reads the values of `RateLimit-Policy`, such as `headers.get_all("ratelimit-policy")`.
///
/// What holds for [`limits`] holds here too; a window of no length is malformed.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_classify::rate_limit;
///
/// let told = rate_limit::policies([r#""burst";q=100;w=60;qu="content-bytes""#]);
/// let told = told.ok_or("malformed")?;
/// assert_eq!((told[0].quota, told[0].window), (100, Some(Duration::from_secs(60))));
/// assert_eq!(told[0].quota_unit.as_deref(), Some("content-bytes"));
/// # Ok::<_, &str>(())
/// ```
#[must_use]
pub fn policies<V: AsRef<[u8]>>(values: impl IntoIterator<Item = V>) -> Option<Vec<Policy>> {
    let mut policies = Vec::new();
    structured::list(POLICY, values, |member| {
        let window = member.seconds.map(Duration::from_secs);
        if window == Some(Duration::ZERO) {
            return Err(Malformed);
        }
        policies.push(Policy {
            name: member.name.as_str().to_owned(),
            quota: member.count,
            window,
            quota_unit: member.unit.map(|unit| unit.as_str().to_owned()),
            partition_key: member.partition_key,
        });
        Ok(())
    })?;
    Some(policies)
}

/// What all the limits of an answer say together.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Standing {
    /// Whether nothing is left of one of them.
    pub(super) exhausted: bool,
    /// The longest time until there is more of one of which nothing is left.
    pub(super) reset_after: Option<Duration>,
}

impl Standing {
    fn add(&mut self, remaining: u64, seconds: Option<u64>) {
        if remaining == 0 {
            self.exhausted = true;
            self.reset_after = self.reset_after.max(seconds.map(Duration::from_secs));
        }
    }
}

/// Reads the values of `RateLimit`, and keeps what a client must know to wait.
///
/// The draft of 2023 had a dictionary, `limit=100, remaining=0, reset=30`, and servers still send
/// it; no value is both.
pub(super) fn standing<V: AsRef<[u8]>, I: IntoIterator<Item = V>>(
    values: impl Fn() -> I,
) -> Option<Standing> {
    let mut standing = Standing::default();
    let read = structured::list(LIMIT, values(), |member| {
        standing.add(member.count, member.seconds);
        Ok(())
    });
    if read.is_some() {
        return Some(standing);
    }
    let (remaining, seconds) = structured::dictionary(values())?;
    let mut standing = Standing::default();
    standing.add(remaining, seconds);
    Some(standing)
}

const LIMIT: Keys = Keys { count: "r", seconds: "t", unit: None };
const POLICY: Keys = Keys { count: "q", seconds: "w", unit: Some("qu") };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r53_the_limits_are_a_list_of_strings_with_parameters() {
        let told = limits([r#""default";r=50;t=30"#, r#""b\"c";r=999;pk=:dHJpYWwxMjEzMjM=:;x=?1"#])
            .unwrap();

        let limit = |name: &str, remaining, reset_after: Option<u64>, key: Option<&[u8]>| Limit {
            name: name.to_owned(),
            remaining,
            reset_after: reset_after.map(Duration::from_secs),
            partition_key: key.map(<[u8]>::to_vec),
        };
        assert_eq!(
            told,
            [limit("default", 50, Some(30), None), limit("b\"c", 999, None, Some(b"trial121323"))]
        );
    }

    #[test]
    fn r53_whatever_is_malformed_makes_the_whole_field_nothing() {
        for line in [
            r#""a""#,
            r#""a";t=1"#,
            r#"a;r=1"#,
            "1;r=1",
            r#"("a";r=1)"#,
            r#""a";r=1.0"#,
            r#""a";r="1""#,
            r#""a";r=-1"#,
            r#""a";r"#,
            r#""a";r=1;t=-1"#,
            r#""a";r=1;t=1.5"#,
            r#""a";r=1;pk="k""#,
            r#""a";r=1;pk=:=:"#,
            r#""a";r=1000000000000000"#,
            r#""a";r=1;t=1000000000000000"#,
            r#""a";r=1,"#,
            r#""a";r=1 "b";r=2"#,
            r#""a;r=1"#,
            "\"\u{e9}\";r=1",
            "",
        ] {
            assert_eq!(limits([line]), None, "{line}");
            assert_eq!(limits([r#""good";r=5"#, line]), None, "{line}");
            assert_eq!(standing(|| [line]), None, "{line}");
        }
        assert_eq!(limits([b"\"\xff\";r=1"]), None);
    }

    #[test]
    fn r53_a_field_that_is_not_there_is_not_malformed() {
        assert_eq!(limits([""; 0]), Some(Vec::new()));
        assert_eq!(policies([""; 0]), Some(Vec::new()));
        assert_eq!(standing(|| [""; 0]), Some(Standing::default()));
    }

    #[test]
    fn rfc_9651_of_a_parameter_that_stands_twice_the_last_counts() {
        let remaining = |line| limits([line]).map(|told| told[0].remaining);

        assert_eq!(remaining(r#""a";r="x";r=7"#), Some(7));
        assert_eq!(remaining(r#""a";r=7;r="x""#), None);
        assert_eq!(remaining(r#""a";r=999999999999999;qu=5"#), Some(999_999_999_999_999));
    }

    #[test]
    fn r53_the_policies_have_a_quota_and_a_window_of_some_length() {
        let told =
            policies([r#""burst";q=100;w=60;qu="content-bytes";pk=:YQ==:, "day";q=0"#]).unwrap();

        assert_eq!((told[0].quota, told[0].window), (100, Some(Duration::from_secs(60))));
        assert_eq!(told[0].quota_unit.as_deref(), Some("content-bytes"));
        assert_eq!(told[0].partition_key.as_deref(), Some(&b"a"[..]));
        assert_eq!((told[1].quota, told[1].window), (0, None));
        for line in [r#""a";w=1"#, r#""a";q=1;w=0"#, r#""a";q=1;qu=requests"#, r#""a";q=-1"#] {
            assert_eq!(policies([line]), None, "{line}");
        }
    }

    #[test]
    fn r53_of_all_that_is_exhausted_the_longest_counts() {
        let lines = |lines: &[&'static str]| {
            let told = standing(|| lines)?;
            Some((told.exhausted, told.reset_after.map(|it| it.as_secs())))
        };

        for (told, is) in [
            (&[r#""a";r=0;t=10"#, r#""b";r=0;t=60"#][..], Some((true, Some(60)))),
            (&[r#""a";r=0;t=10, "b";r=1;t=60"#], Some((true, Some(10)))),
            (&[r#""a";r=0"#], Some((true, None))),
            (&[r#""a";r=1;t=5"#], Some((false, None))),
            (&["limit=100, remaining=0, reset=30"], Some((true, Some(30)))),
            (&["limit=100, remaining=0", "reset=30"], Some((true, Some(30)))),
            (&["limit=100, remaining=5, reset=30"], Some((false, None))),
            (&["limit=100, reset=30"], None),
            (&["limit=100, remaining=-1, reset=30"], None),
            (&["limit=100, remaining=0, reset=(1 2)"], None),
            (&["remaining=0, reset"], None),
        ] {
            assert_eq!(lines(told), is, "{told:?}");
        }
    }
}
