//! What is said of the service.

use super::Text;

pub(super) const SERVER_ERROR: Text = Text {
    title: "Fault in the service",
    user: "The service ran into a fault of its own.",
    user_action: "Try again in a moment; if it goes on, report it with the request number.",
    developer: "The API broke while it was answering.",
    developer_action: "Send the request again after a pause; if it goes on, report it to the \
        provider with the request id.",
    administrator: "The API fails with faults of its own.",
    administrator_action: "Look at the status page of the provider, and report the request id.",
    causes: "A fault in the API.\n\
        A request that the API does not withstand.",
    cures: "Wait for the provider to mend it.\n\
        Leave out parts of the request to find the one that breaks it, and report it.",
    prevention: "Repeat with backoff and within a budget, and make writes safe to repeat.",
};

pub(super) const UNAVAILABLE: Text = Text {
    title: "Service not available",
    user: "The service takes no requests at the moment.",
    user_action: "Wait a little, then try again.",
    developer: "The API is not serving requests at the moment.",
    developer_action: "Send the request again after a pause, not earlier than the API says.",
    administrator: "The API is overloaded, or down for maintenance.",
    administrator_action: "Look at the status page of the provider.",
    causes: "Maintenance.\n\
        More load than the service carries.",
    cures: "Wait until it is over.\n\
        Send less, and let a circuit breaker hold requests back.",
    prevention: "Keep what was read last, so that the program can go on with it.",
};

pub(super) const GATEWAY: Text = Text {
    title: "Service not reached",
    user: "The way to the service is open, but the service behind it gave no answer.",
    user_action: "Try again in a moment.",
    developer: "A gateway in front of the API could not get an answer from it.",
    developer_action: "Send the request again after a pause.",
    administrator: "A gateway or load balancer cannot reach the API behind it.",
    administrator_action: "Check the gateway if it is yours; otherwise look at the status page \
        of the provider.",
    causes: "The servers behind the gateway are restarting or down.\n\
        The gateway of your own network cannot reach the provider.",
    cures: "Wait until they are back.\n\
        Check the log of your gateway.",
    prevention: "Watch gateways apart from the services behind them.",
};

pub(super) const TIMEOUT: Text = Text {
    title: "Service too slow",
    user: "The service took too long to answer.",
    user_action: "Try again in a moment.",
    developer: "The API, or something in front of it, gave up waiting.",
    developer_action: "Send the request again after a pause, or ask for less at once.",
    administrator: "The API does not answer in its own time.",
    administrator_action: "Look at the status page of the provider and at the load that your \
        programs cause.",
    causes: "The service is under load.\n\
        The request asks for more than can be answered in time.",
    cures: "Try again later.\n\
        Ask for smaller pages or a shorter period.",
    prevention: "Ask for pages, and use asynchronous operations where the API has them.",
};
