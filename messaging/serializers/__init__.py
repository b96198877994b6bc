from messaging.serializers.calls import (
    AcceptCallSerializer,
    CallSerializer,
    ProposeCallSerializer,
)
from messaging.serializers.contacts import (
    ChooseContactsSerializer,
    ContactsSerializer,
)
from messaging.serializers.conversations import (
    AskSerializer,
    ConversationQuery,
    ConversationSerializer,
    MessageSerializer,
    NothingSerializer,
    ReadSerializer,
    ReportedSerializer,
    ReportSerializer,
    SendMessageSerializer,
)
from messaging.serializers.drafts import DraftSerializer, SaveDraftSerializer

__all__ = [
    "AcceptCallSerializer",
    "AskSerializer",
    "CallSerializer",
    "ChooseContactsSerializer",
    "ContactsSerializer",
    "ConversationQuery",
    "ConversationSerializer",
    "DraftSerializer",
    "MessageSerializer",
    "NothingSerializer",
    "ProposeCallSerializer",
    "ReadSerializer",
    "ReportSerializer",
    "ReportedSerializer",
    "SaveDraftSerializer",
    "SendMessageSerializer",
]
