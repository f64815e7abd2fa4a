//! What is said of what readmit decided itself, and what nobody knows.

use super::Text;

pub(super) const CIRCUIT_OPEN: Text = Text {
    title: "Paused after failures",
    user: "The service has been failing, so this program gives it a short rest before it asks \
        again.",
    user_action: "Try again in a moment.",
    developer: "The circuit breaker of this host is open, so the request was not sent.",
    developer_action: "Wait until the circuit lets a probe through, then send the request again.",
    administrator: "A program holds back its requests because the API has been failing.",
    administrator_action: "Look at the failures before this one; the pause ends by itself.",
    causes: "The API failed too often in a short time.",
    cures: "Find out what the failures before were; the circuit closes when a probe succeeds.",
    prevention: "Have an alarm on circuits that open.",
};

pub(super) const RETRIES_EXHAUSTED: Text = Text {
    title: "Several tries failed",
    user: "This was tried several times without success.",
    user_action: "Try again later; if it goes on, report it with the request number.",
    developer: "Every attempt that the retry policy allows has failed.",
    developer_action: "Look at the last failure; send the request again later.",
    administrator: "A program has used up its attempts on a call to the API.",
    administrator_action: "Look at the status page of the provider and at the last failure in \
        the log.",
    causes: "The trouble lasts longer than the attempts.\n\
        The retry budget of this host is spent.",
    cures: "Try again later.\n\
        Let the budget fill up, and see what spent it.",
    prevention: "Have an alarm on calls that need more than one attempt.",
};

pub(super) const DEADLINE_EXCEEDED: Text = Text {
    title: "Out of time",
    user: "This could not be finished in the time set for it.",
    user_action: "Try again later.",
    developer: "The call could not be finished before its deadline.",
    developer_action: "Send it again with more time, not earlier than the hint says.",
    administrator: "A program gave up a call because its deadline was reached.",
    administrator_action: "Check how slow the API is, then the deadline of the program.",
    causes: "The answers, or the waits between attempts, took longer than the deadline.\n\
        The API asks for a longer wait than the deadline leaves.",
    cures: "Give the call more time.\n\
        Do it later, in the background.",
    prevention: "Set deadlines by the slowest answer that is worth waiting for.",
};

pub(super) const LOCKED_OUT: Text = Text {
    title: "Sign-in paused",
    user: "The sign-in details were refused several times, so this program has stopped using \
        them.",
    user_action: "Check them and sign in again before you go on; more tries could lock your \
        account.",
    developer: "The credential was refused several times in a row, so it is not presented again.",
    developer_action: "Replace the credential; a new one is tried at once.",
    administrator: "A program has stopped using a credential that the API refused several times.",
    administrator_action: "Check whether the account is locked, and issue a new credential.",
    causes: "The credential was revoked or replaced while a program still used it.\n\
        The account was locked or closed.",
    cures: "Configure the new credential.\n\
        Have the account unlocked.",
    prevention: "Tell the programs of a new credential before the old one is revoked.",
};

pub(super) const OUTCOME_UNKNOWN: Text = Text {
    title: "Sign-in uncertain",
    user: "The answer to the last sign-in step was lost, so it is uncertain whether it went \
        through.",
    user_action: "Sign in again.",
    developer: "A credential that works once was sent and the answer was lost; it may or may not \
        be spent.",
    developer_action: "Authenticate again; present the same credential once more only where the \
        provider allows it.",
    administrator: "A program lost the answer to the renewal of its session.",
    administrator_action: "Have the program signed in again, and look for interruptions of the \
        network at that time.",
    causes: "The connection broke after a refresh token had been sent.\n\
        The program ended between the answer and the storing of it.",
    cures: "Sign in again.\n\
        Keep the session in a store that is written before it is used.",
    prevention: "Ask the provider for a grace period for replaced refresh tokens.",
};

pub(super) const UNKNOWN: Text = Text {
    title: "Something went wrong",
    user: "Something unexpected happened, and it is not known what.",
    user_action: "Try again; if it goes on, report it with the request number.",
    developer: "The API reported a failure of a kind that is not known.",
    developer_action: "Look at the technical details, and ask the provider's support with the \
        request id.",
    administrator: "The API reported something that is not known here.",
    administrator_action: "Look for the request id in the log, and ask the provider's support.",
    causes: "The API uses a code or a format that is not known.\n\
        Something in between answered in its place.",
    cures: "Describe the API with a dialect of its own.\n\
        Check who answered: the host, the proxy, a sign-in page of the network.",
    prevention: "Report answers that are not recognised.",
};
