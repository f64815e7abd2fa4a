use http::header::{HeaderMap, HeaderName, PROXY_AUTHENTICATE, RETRY_AFTER, WWW_AUTHENTICATE};
use readmit_classify::{Dialect, challenges};
use readmit_error::{Failure, rfc3339};
use serde_json::Value;

use super::case::Case;
use super::expect::{FIELDS, Judged, compare, said, wanted};
use super::{cases, is_seen_without_dialect, judge};
use crate::line::Check;
use crate::page::{Page, value};
use crate::rate_limit;

/// Tells a case for somebody who adds a provider: what came, what it must be and what it was made.
pub(crate) fn explain(text: &str, id: &str) -> Vec<String> {
    cases(text)
        .filter_map(Result::ok)
        .filter(|case| case.id == id)
        .map(|case| page(&case))
        .collect()
}

fn page(case: &Case) -> String {
    let mut page = Page::new(&case.id);
    origin(&mut page, case);
    exchange(&mut page, case);
    header(&mut page, case);
    let dialect = case.dialect();
    if let Some(dialect) = dialect {
        verdict(&mut page, case, Some(dialect), &format!("in the dialect `{}`", dialect.name()));
        if is_seen_without_dialect(case.response.status) {
            verdict(&mut page, case, None, "with no dialect");
        }
    } else {
        verdict(&mut page, case, None, "with no dialect (there is none for this provider)");
    }
    page.into_text()
}

fn origin(page: &mut Page, case: &Case) {
    if let Some(provider) = &case.provider {
        page.row("provider", provider);
    }
    if let Some(why) = &case.why {
        page.row("why", why);
    }
    match &case.source {
        Value::Null => {}
        Value::Object(members) => {
            for (name, told) in members {
                page.row(name, &value(told));
            }
        }
        told @ (Value::Array(_) | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            page.row("source", &value(told));
        }
    }
}

fn exchange(page: &mut Page, case: &Case) {
    let (request, answer) = (&case.request, &case.response);
    page.section("request");
    page.line(&format!("{} {}", request.method, request.url.as_deref().unwrap_or("(no URL told)")));

    let when = rfc3339::format(case.received_at());
    let said = if case.now.is_some() { "" } else { ", since the case tells no `now`" };
    page.section(&format!("answer, received at {when}{said}"));
    page.line(&answer.status.to_string());
    for (name, told) in &answer.headers.pairs {
        page.line(&format!("{name}: {told}"));
    }
    page.line("");
    if answer.body.is_empty() {
        page.line("(no body)");
    } else {
        page.block(&answer.body);
    }
}

/// What the parsers read out of the header, whatever the verdict makes of it.
fn header(page: &mut Page, case: &Case) {
    let headers = &case.response.headers.map;
    page.section("header, as it is parsed");
    for field in [WWW_AUTHENTICATE, PROXY_AUTHENTICATE] {
        challenges(page, headers, &field);
    }
    let received_at = case.received_at();
    let unit = case.dialect().and_then(Dialect::reset);
    let told = readmit_classify::rate_limit::read(headers, received_at).wait(unit);
    let name = if headers.contains_key(RETRY_AFTER) { "retry-after" } else { "reset" };
    match told {
        Some(wait) => {
            let guess = if wait.is_guessed() { ", by the size of the number" } else { "" };
            page.row(name, &format!("{} s{guess}", wait.delay().as_secs_f64()));
        }
        None if headers.contains_key(RETRY_AFTER) => page.row(name, "no valid delay"),
        None => {}
    }
    let limits = rate_limit::read_in(headers, received_at, unit);
    if limits != rate_limit::Told::default() {
        page.row("ratelimit", &limits.to_string());
    }
    if !headers.contains_key(WWW_AUTHENTICATE)
        && !headers.contains_key(PROXY_AUTHENTICATE)
        && told.is_none()
    {
        page.line("no challenge and no delay");
    }
}

fn challenges(page: &mut Page, headers: &HeaderMap, field: &HeaderName) {
    let told = challenges::parse(headers.get_all(field));
    for challenge in told.well_formed() {
        let params = challenge.params().map(|(name, value)| format!("{name}={value:?}"));
        let token68 = challenge.as_token68().map(str::to_owned);
        let rest: Vec<_> = token68.into_iter().chain(params).collect();
        page.row("challenge", &format!("{} {}", challenge.scheme(), rest.join(", ")));
    }
    for scheme in told.malformed_schemes() {
        page.row("challenge", &format!("{scheme}: malformed, nothing is done on its account"));
    }
}

fn verdict(page: &mut Page, case: &Case, dialect: Option<&Dialect>, title: &str) {
    let failure = judge(case, dialect);
    let judged = failure.as_ref().map(Judged::from);
    page.section(&format!("verdict {title}"));
    match &failure {
        Some(failure) => decided(page, failure),
        None => page.row("because", "the status is a success, and nothing says otherwise"),
    }
    page.line("");
    let checks = compare(&case.expect, judged.as_ref());
    let mut rows = vec![["", "expected", "got", ""].map(str::to_owned)];
    for (((field, expected), got), check) in
        FIELDS.iter().zip(wanted(&case.expect)).zip(said(judged.as_ref())).zip(&checks)
    {
        let expected = expected.as_ref().map_or_else(|| "(not said)".to_owned(), value);
        let mark = match check {
            Check::Absent => "",
            Check::Failed { .. } => "WRONG",
            Check::Passed => "right",
            Check::Skipped(_) => "not compared: the kind is right and not the first",
        };
        rows.push([(*field).to_owned(), expected, value(&got), mark.to_owned()]);
    }
    page.table(&rows);
}

fn decided(page: &mut Page, failure: &Failure) {
    page.row("because", failure.because());
    if let Some(code) = failure.code() {
        page.row("code", code);
    }
    if let Some(description) = failure.description() {
        page.row("description", description);
    }
    if let Some(id) = failure.request_id() {
        page.row("request id", id);
    }
    page.row("advice", failure.advice());
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: &str = r#"{"id": "a", "provider": "Example", "why": "a reason", "source": {"where": "a page"}, "request": {"method": "PUT", "url": "https://api.example.com/x"}, "response": {"status": 401, "headers": [["WWW-Authenticate", "Bearer error=\"invalid_token\", Bad a=b=c"], ["Retry-After", "7"]], "body": "{\n\"error_code\": \"AUTH_003\"\n}"}, "expect": {"kind": ["rate_limited"], "action": ["refresh_token"]}}"#;

    #[test]
    fn r79_a_case_is_told_with_all_that_it_takes_to_see_why() {
        let pages = explain(CASE, "a");

        let [page] = &pages[..] else { panic!("one page") };
        for word in [
            "Example",
            "a reason",
            "a page",
            "PUT https://api.example.com/x",
            "401 Unauthorized",
            "2026-01-01T00:00:00Z",
            "WWW-Authenticate: Bearer",
            "\"error_code\": \"AUTH_003\"",
            "Bearer error=\"invalid_token\"",
            "Bad: malformed",
            "7 s",
            "code AUTH_003",
            "kind         rate_limited   token_expired  WRONG\n",
            "action       refresh_token  refresh_token  right\n",
            "(not said)",
        ] {
            assert!(page.contains(word), "{word}\n{page}");
        }
    }

    #[test]
    fn r53_a_reset_is_told_in_the_unit_of_the_dialect() {
        let case = CASE.replace(r#"["Retry-After", "7"]"#, r#"["X-RateLimit-Reset", "70"]"#);

        let generic = explain(&case, "a").concat();
        let dialect = explain(&case.replace("Example", "GitHub"), "a").concat();

        assert!(generic.contains("70 s, by the size of the number"), "{generic}");
        assert!(dialect.contains(" 0 s\n") && dialect.contains("\"wait_s\":0"), "{dialect}");
    }

    #[test]
    fn another_case_is_not_told() {
        assert!(explain(CASE, "b").is_empty());
    }

    #[test]
    fn an_answer_that_is_no_failure_is_told_as_one() {
        let pages = explain(&CASE.replace("401", "200"), "a");

        assert!(pages[0].contains("the status is a success"), "{}", pages[0]);
    }
}
