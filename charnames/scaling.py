MAX_VECTOR = 4096


class Scaling: ...
