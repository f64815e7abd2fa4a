//! What is said of who is calling.

use super::Text;

pub(super) const MISSING_CREDENTIALS: Text = Text {
    title: "Sign-in needed",
    user: "You are not signed in, and the service needs to know who is asking.",
    user_action: "Sign in, then try again.",
    developer: "The request carried no credential, and the API wants one.",
    developer_action: "Give the client a credential, then send the request again.",
    administrator: "A program calls the API without a credential.",
    administrator_action: "Give the program a credential of its own.",
    causes: "No credential is configured, or the variable that should hold it is empty.\n\
        A proxy or a redirect to another host dropped the credential on the way.",
    cures: "Configure a credential, and check which source the program reads it from.\n\
        Call the host itself, and let the proxy pass the header on.",
    prevention: "Check at start-up that a credential is there, and say so where it is not.",
};

pub(super) const INVALID_CREDENTIALS: Text = Text {
    title: "Sign-in not accepted",
    user: "The service did not accept the sign-in details.",
    user_action: "Check them and sign in again.",
    developer: "The API answered, and does not accept the credential that was sent.",
    developer_action: "Authenticate again, or replace the configured credential; the same one \
        will be refused again.",
    administrator: "The API refuses the credential of this program.",
    administrator_action: "Check whether the credential was revoked or replaced, and issue \
        another where it was.",
    causes: "The credential was revoked, or another has taken its place.\n\
        The credential belongs to another environment, audience or account.\n\
        The value was cut, or holds a blank or a line end.",
    cures: "Issue a new credential and configure it.\n\
        Compare the host and the audience with those that the credential was made for.\n\
        Copy the value once more, whole and without blanks around it.",
    prevention: "Rotate credentials with an overlap, and keep those of each environment apart.",
};

pub(super) const TOKEN_EXPIRED: Text = Text {
    title: "Session expired",
    user: "Your session has ended because its time was over.",
    user_action: "Sign in again, then go on where you left off.",
    developer: "The access token has expired.",
    developer_action: "Refresh the token, then send the request again.",
    administrator: "The access token of this program has expired and was not renewed in time.",
    administrator_action: "Check that the program may refresh its tokens, and that its session \
        is allowed to last long enough.",
    causes: "The token reached the end of its life before it was refreshed.\n\
        The clock of this machine is slow, so the token looked fresh.",
    cures: "Refresh the token, or authenticate again where there is nothing to refresh it with.\n\
        Set the clock by a time server.",
    prevention: "Refresh tokens some time before they expire.",
};

pub(super) const CHALLENGE_NONCE: Text = Text {
    title: "One more check needed",
    user: "The service asked for one more check before it answers.",
    user_action: "Try again.",
    developer: "The API wants its own fresh nonce in the proof of possession (RFC 9449).",
    developer_action: "Send the request again with a new proof that holds the nonce of this \
        answer.",
    administrator: "The API asks for proofs with a fresh nonce, and the program sent one without \
        it.",
    administrator_action: "Make sure that proxies pass the header DPoP-Nonce on.",
    causes: "It was the first proof for this server, or its nonce has been replaced.\n\
        A proxy removed the header that carries the nonce.",
    cures: "Repeat the request once with the nonce that came with the answer.\n\
        Let the proxy pass the header on.",
    prevention: "Keep the last nonce of each server, and take a new one from any answer.",
};

pub(super) const CLOCK_SKEW: Text = Text {
    title: "Clock is off",
    user: "The clock of this device and that of the service are too far apart.",
    user_action: "Set the date and time of this device automatically, then try again.",
    developer: "The clocks of client and server are too far apart for a signed or dated request.",
    developer_action: "Correct the clock, or the offset that requests are dated with, then send \
        the request again.",
    administrator: "The clock of the machine that runs this program is too far off.",
    administrator_action: "Let the machine take its time from a time server.",
    causes: "The machine does not take its time from a time server.\n\
        A machine that slept or was restored from a snapshot kept its old time.",
    cures: "Set the clock by a time server.\n\
        Have the time set anew after a machine wakes or is restored.",
    prevention: "Watch how far the clocks of your machines are off.",
};

pub(super) const STEP_UP_REQUIRED: Text = Text {
    title: "Please confirm who you are",
    user: "This step needs you to confirm who you are once more, or in a stronger way.",
    user_action: "Sign in again when asked, for example with a second factor, then repeat the \
        step.",
    developer: "The API wants the user to authenticate again, or more strongly (RFC 9470).",
    developer_action: "Send the user through sign-in with the wanted acr_values and max_age, \
        then send the request again.",
    administrator: "A policy asks for a more recent or a stronger sign-in for this operation.",
    administrator_action: "Check that the user can meet the policy, for example has a second \
        factor.",
    causes: "The last sign-in was too long ago for this operation.\n\
        The sign-in was weaker than the policy wants.",
    cures: "Have the user sign in again.\n\
        Have the user set up a second factor.",
    prevention: "Ask for the stronger sign-in before an operation that is known to need it.",
};
