//! What is said of codes that say more than their kind.

use super::Text;

pub(super) const ACCESS_TOKEN: Text = Text {
    title: "Session not accepted",
    user: "The service did not accept your session; it may have ended.",
    user_action: "Sign in again.",
    developer: "The access token is not accepted: it is wrong, or it has expired.",
    developer_action: "Refresh the token; where that is refused, authenticate again.",
    administrator: "The API does not accept the access token of this program.",
    administrator_action: "Check that the program may get tokens, and that its sign-in was not \
        revoked.",
    causes: "The token has expired.\n\
        The token was issued by another environment, or was cut.",
    cures: "Refresh it, or authenticate again.\n\
        Get a token from the token endpoint of this environment.",
    prevention: "Refresh tokens before they expire, and keep them apart by environment.",
};

pub(super) const SERVICE_KEY: Text = Text {
    title: "Service key not accepted",
    user: "The service did not accept the key that this program signs in with.",
    user_action: "Ask whoever set the program up for a new key.",
    developer: "The service key is wrong, or it was revoked.",
    developer_action: "Configure a service key that is in use; the same one will be refused \
        again.",
    administrator: "The API refuses the service key of this program.",
    administrator_action: "Create a new service key, give it to the program, and find out who \
        revoked the old one.",
    causes: "The key was revoked or replaced.\n\
        The key belongs to another organization or environment.",
    cures: "Create a new key and configure it.\n\
        Use the key of the organization whose data is asked for.",
    prevention: "Replace keys with an overlap, and write down which program uses which.",
};
