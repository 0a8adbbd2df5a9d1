"""What dispatching adds to the buttons of an order's page."""

from workorders.states import Action

# act -> (URL name taking the order's key, icon)
BUTTONS_BOARD = {
    Action.DISPATCH: ("workorders:workorder_dispatch", "send"),
    Action.CLAIM: ("workorders:workorder_claim", "hand-stop"),
    Action.ACCEPT: ("workorders:workorder_accept", "check"),
    Action.RETURN: ("workorders:workorder_return", "arrow-back-up"),
    Action.TRANSFER: ("workorders:workorder_transfer", "transfer"),
}
