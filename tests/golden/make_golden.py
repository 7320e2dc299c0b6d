"""Reference values from PyTorch in float64, for the tests to agree with.

Write the files anew, next to this one (needs torch, which the tests do not):

    python tests/golden/make_golden.py

`rnn.json`, `gru.json` and `lstm.json` hold one layer run over N sequences packed
time-major: step 0 of every sequence, then step 1 of those that have one, and so
on, M = sum(lengths) rows in all. With G = 1, 3 (r, z, n) or 4 (i, f, g, o) gates:

    lengths (N,), longest first    sizes (T,), the sequences alive at each step
    x (M, D)     a0, c0 (N, H)     a (M, H), the output    da (M, H), its gradient
    weight_ih_l0 (G*H, D)    weight_hh_l0 (G*H, H)    bias_ih_l0, bias_hh_l0 (G*H,)

and `dNAME`, the gradient of sum(a * da), for the input, the states and the weights.

`softmax.json` holds the output layer: a (M, H), Wya (V, H), by (V,), targets (M,),
the summed cross entropy `loss` in nats, and its gradients da, dWya, dby.

`attention.json` holds scaled dot-product attention: queries a (N, T, H), keys and
values h (N, S, H), the sources' lengths (N,), contexts c (N, T, H) and their gradient
dc; da, dh.

`ctc.json` holds the CTC loss: logits z (M, V) of packed sequences of the lengths,
targets (N, L) of target_lengths (N,) with 0 behind their ends, the losses (N,) in
nats, and the gradient dz of their sum.

`encoder.json` holds two bidirectional LSTM layers, as one layer is held above.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

SEED = 2024
LENGTHS = [5, 3, 2]
D, H, V = 4, 6, 7
Cell = Callable[[int, int], nn.RNNBase]
CELLS: dict[str, Cell] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def leaf(*shape: int, scale: float = 1.0) -> Tensor:
    """A random tensor that collects its gradient."""
    return (scale * torch.randn(*shape)).requires_grad_()


def gradients(leaves: dict[str, Tensor]) -> dict[str, Tensor]:
    result = {f"d{name}": t.grad for name, t in leaves.items()}
    return {name: grad for name, grad in result.items() if grad is not None}


def cell_golden(cell: Cell) -> dict[str, Any]:
    """One layer's forward and backward pass over the packed sequences."""
    layer = cell(D, H)
    for weight in layer.parameters():
        # PyTorch's own start is small: wider draws reach the bends of tanh and sigma.
        nn.init.normal_(weight, std=0.6)
    sequences = [torch.randn(length, D) for length in LENGTHS]
    packed = nn.utils.rnn.pack_sequence(sequences)
    x = packed.data.requires_grad_()
    names = ["a0", "c0"] if cell is nn.LSTM else ["a0"]
    states = {name: leaf(len(LENGTHS), H, scale=0.5) for name in names}
    initial = tuple(state[None] for state in states.values())
    inputs = PackedSequence(x, packed.batch_sizes)
    a = layer(inputs, initial if len(initial) == 2 else initial[0])[0].data
    da = torch.randn_like(a)
    a.backward(da)
    leaves = {"x": x, **states, **dict(layer.named_parameters())}
    sizes = packed.batch_sizes
    shape = {"lengths": LENGTHS, "sizes": sizes}
    return shape | leaves | {"a": a, "da": da} | gradients(leaves)


def attention_golden() -> dict[str, Any]:
    """Attention from T steps to the S of each source, those behind its end masked."""
    N, T, S = len(LENGTHS), 4, max(LENGTHS)
    leaves = {"a": leaf(N, T, H), "h": leaf(N, S, H)}
    a, h = leaves.values()
    mask = torch.arange(S) < torch.tensor(LENGTHS)[:, None]
    c = nn.functional.scaled_dot_product_attention(a, h, h, attn_mask=mask[:, None])
    dc = torch.randn_like(c)
    c.backward(dc)
    return {"lengths": LENGTHS} | leaves | {"c": c, "dc": dc} | gradients(leaves)


def ctc_golden() -> dict[str, Any]:
    """The CTC losses of packed sequences, one target with a repeat and one empty."""
    targets = torch.tensor([[3, 3], [1, 0], [0, 0]])
    lengths = torch.tensor([2, 1, 0])
    z = leaf(sum(LENGTHS), V)
    sizes = torch.tensor([sum(n > t for n in LENGTHS) for t in range(max(LENGTHS))])
    padded, _ = nn.utils.rnn.pad_packed_sequence(PackedSequence(z, sizes))
    losses = nn.functional.ctc_loss(
        padded.log_softmax(2),
        targets,
        torch.tensor(LENGTHS),
        lengths,
        reduction="none",
    )
    losses.sum().backward()
    return {
        "lengths": LENGTHS,
        "z": z,
        "targets": targets,
        "target_lengths": lengths,
        "losses": losses,
        "dz": z.grad,
    }


def encoder_golden() -> dict[str, Any]:
    """What packed sequences become in two bidirectional layers, and the gradients."""
    encoder = nn.LSTM(D, H, num_layers=2, bidirectional=True)
    for weight in encoder.parameters():
        nn.init.normal_(weight, std=0.6)
    packed = nn.utils.rnn.pack_sequence([torch.randn(n, D) for n in LENGTHS])
    x = packed.data.requires_grad_()
    a = encoder(PackedSequence(x, packed.batch_sizes))[0].data
    da = torch.randn_like(a)
    a.backward(da)
    leaves = {"x": x, **dict(encoder.named_parameters())}
    return {"lengths": LENGTHS} | leaves | {"a": a, "da": da} | gradients(leaves)


def softmax_golden() -> dict[str, Any]:
    """The output layer's summed loss and gradients."""
    M = sum(LENGTHS)
    leaves = {"a": leaf(M, H), "Wya": leaf(V, H), "by": leaf(V)}
    targets = torch.randint(V, (M,))
    logits = leaves["a"] @ leaves["Wya"].T + leaves["by"]
    loss = nn.functional.cross_entropy(logits, targets, reduction="sum")
    torch.autograd.backward(loss)
    return leaves | {"targets": targets, "loss": loss} | gradients(leaves)


def write(name: str, golden: dict[str, Any]) -> None:
    """Write one file, one value to a line, floats in full."""
    plain = {k: v.tolist() if isinstance(v, Tensor) else v for k, v in golden.items()}
    compact = (",", ":")
    lines = [f'"{k}":{json.dumps(v, separators=compact)}' for k, v in plain.items()]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    Path(__file__).with_name(f"{name}.json").write_text(text)


def main() -> None:
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(SEED)
    for name, cell in CELLS.items():
        write(name, cell_golden(cell))
    write("softmax", softmax_golden())
    write("attention", attention_golden())
    write("ctc", ctc_golden())
    write("encoder", encoder_golden())


if __name__ == "__main__":
    main()
