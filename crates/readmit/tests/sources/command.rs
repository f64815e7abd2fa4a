//! A token that a program writes.

use readmit::{Credentials, credentials};

use crate::site::Site;
use crate::{client, get, secs};

#[tokio::test]
async fn a_program_writes_a_token_or_an_object_with_one() {
    for written in ["t0k3n\n", r#"{"access_token":"t0k3n","expires_in":"60"}"#] {
        let site = site();
        // What it complains of is not looked at.
        let script = format!("echo planted >&2; printf '%s' '{written}'");

        get(&client(&site, shell(&script))).await.unwrap();

        assert_eq!(site.asked("/data")[0].authorization.as_deref(), Some("Bearer t0k3n"));
    }
}

#[tokio::test]
async fn no_shell_reads_the_arguments() {
    let site = site();
    let echo = credentials::command("printf", ["%s", "$HOME;`id`"]);

    get(&client(&site, echo)).await.unwrap();

    assert_eq!(site.asked("/data")[0].authorization.as_deref(), Some("Bearer $HOME;`id`"));
}

#[tokio::test]
async fn r55_a_program_that_has_no_token_says_so_and_nothing_that_it_wrote_is_told() {
    for script in [
        "echo planted; exit 1",
        "echo please sign in, planted",
        "echo '{\"planted\":1}'",
        "echo '{\"error\":\"planted\"}'",
        "true",
        "head -c 65537 /dev/zero | tr '\\0' p",
    ] {
        let error = get(&client(&site(), shell(script))).await.unwrap_err();

        let told = format!("{error} {error:?} {}", std::error::Error::source(&error).unwrap());
        assert!(!told.contains("planted"), "{script}: {told}");
        assert!(error.is_authentication(), "{script}: {told}");
    }
    let missing = credentials::command("/nonexistent/program", [""; 0]);
    assert!(get(&client(&site(), missing)).await.unwrap_err().is_authentication());
}

#[tokio::test]
async fn a_program_may_say_to_try_again_later() {
    for script in ["exit 75", "kill -9 $$"] {
        let error = get(&client(&site(), shell(script))).await.unwrap_err();

        assert!(!error.is_authentication(), "{script}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_program_that_hangs_is_given_up_at_the_deadline_of_the_refresh() {
    // Time is paused, and passes at once where nothing else is to be done.
    let client = client(&site(), credentials::command("sleep", ["1000"]));
    let begun = tokio::time::Instant::now();

    let error = get(&client).await.unwrap_err();

    assert!(!error.is_authentication(), "{error}");
    assert_eq!(begun.elapsed(), secs(30));
}

fn site() -> Site {
    Site::new(|_| (200, "{}"))
}

fn shell(script: &str) -> Credentials {
    credentials::command("sh", ["-c", script])
}
