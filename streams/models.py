"""Every table of streams, for Django to find. Each one stands in its own module: import it from there."""

from streams.cases.case import Case as Case
from streams.cases.signing_key import SigningKey as SigningKey
from streams.records.alert import Alert as Alert
from streams.records.alert import AlertNote as AlertNote
from streams.records.camera import Camera as Camera
from streams.records.camera import CameraStatus as CameraStatus
from streams.records.camera_outage import CameraOutage as CameraOutage
from streams.records.channel import Channel as Channel
from streams.records.delivery import Delivery as Delivery
from streams.records.detection import Detection as Detection
from streams.records.groups import CameraGroup as CameraGroup
from streams.records.groups import CameraLimit as CameraLimit
from streams.records.identity_edit import EditedSighting as EditedSighting
from streams.records.identity_edit import IdentityEdit as IdentityEdit
from streams.records.rule import Rule as Rule
from streams.records.rule import RuleQuiet as RuleQuiet
from streams.records.search_log import SearchLog as SearchLog
from streams.records.sighting import Sighting as Sighting
from streams.records.sighting_encoding import SightingEncoding as SightingEncoding
from streams.records.stranger import Stranger as Stranger
from streams.records.stranger import StrangerDifference as StrangerDifference
from streams.records.stranger import StrangerEncoding as StrangerEncoding
from streams.records.worker_presence import WorkerPresence as WorkerPresence
from streams.videos.video import Video as Video
from streams.videos.video import VideoLook as VideoLook
from streams.videos.video import VideoSighting as VideoSighting
