//! What is said of what a caller may do, and how much of it.

use super::Text;

pub(super) const INSUFFICIENT_PERMISSIONS: Text = Text {
    title: "Not allowed",
    user: "You are signed in, but your account is not allowed to do this.",
    user_action: "Ask your administrator for access. Signing in again does not change it.",
    developer: "The API knows who is calling, and does not allow this operation.",
    developer_action: "Request the missing permission or scope; sending the request again \
        changes nothing.",
    administrator: "The API denied this account an operation.",
    administrator_action: "Grant the missing permission, role or scope if the account should \
        have it.",
    causes: "The account lacks a role or a permission.\n\
        The token was issued without the scope that this operation needs.\n\
        The resource belongs to another organization.",
    cures: "Have an administrator grant the role or permission.\n\
        Ask for a token with the scope.\n\
        Switch to the organization that owns the resource.",
    prevention: "Review what each program needs, and grant it before it is deployed.",
};

pub(super) const RATE_LIMITED: Text = Text {
    title: "Too many requests",
    user: "The service got more requests in a short time than it takes.",
    user_action: "Wait a little, then try again.",
    developer: "Too many requests were sent in too short a time.",
    developer_action: "Wait as long as the API asks, then send the request again.",
    administrator: "The programs of this account send more requests than the limit of the API \
        allows.",
    administrator_action: "Spread the load over time, or ask the provider for a higher limit.",
    causes: "Many requests were sent at once.\n\
        Several programs share one account and its limit.",
    cures: "Pace the requests, and wait as long as the server says.\n\
        Give each program an account of its own, or let them share one limiter.",
    prevention: "Pace requests below the limit that the API tells in its headers.",
};

pub(super) const QUOTA_EXHAUSTED: Text = Text {
    title: "Allowance used up",
    user: "The allowance of this account for the service is used up.",
    user_action: "Ask your administrator to raise it, or come back when it starts anew.",
    developer: "An allowance of the account is used up; waiting a moment does not bring it back.",
    developer_action: "Stop sending, and have the allowance raised or wait until it starts anew.",
    administrator: "The allowance of this account is used up.",
    administrator_action: "Raise the plan or the quota, or find out what used it up.",
    causes: "The account reached the quota of its plan.\n\
        A program uses more than was planned.",
    cures: "Raise the plan, or wait until the quota starts anew.\n\
        Find the program in the usage report and slow it down.",
    prevention: "Set an alarm at four fifths of the allowance.",
};

pub(super) const PENDING: Text = Text {
    title: "Not ready yet",
    user: "The service is still working on it.",
    user_action: "Wait a moment, then look again.",
    developer: "The result is not ready yet.",
    developer_action: "Ask again after the interval that the API names.",
    administrator: "An operation is still under way or waits for somebody to confirm it.",
    administrator_action: "Confirm it if it waits for you; otherwise there is nothing to do.",
    causes: "The operation takes longer than one request.\n\
        Somebody still has to confirm the sign-in or the operation.",
    cures: "Poll at the interval that the server names.\n\
        Confirm it on the other device.",
    prevention: "Poll no faster than the server allows, and set a time after which to give up.",
};
