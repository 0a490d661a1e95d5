"""What a supervisor tells a worker that it starts."""

from pydantic import BaseModel


class Orders(BaseModel, frozen=True):
    """What a worker is told beside the settings of its environment: who it is, the port, the embedder that the base has now, the token of
    this start, and the file descriptor on which it says that it is ready."""

    worker: str
    port: int
    embedder: str
    operator_token: str
    ready: int
