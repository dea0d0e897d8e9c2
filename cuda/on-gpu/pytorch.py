#!/usr/bin/env python3
"""PyTorch's own attention on the same rows as OnGpu's: transformers' models in float16, padded, with scaled_dot_product_attention.

Prints, for each shape, longest row and share of padding, real tokens a second: the lines that stand beside those of OnGpu.
Needs torch with CUDA and transformers; random weights. Rows have lengths with OnGpu's mean and longest, not the same ones.
"""

import statistics
import time

import torch
from transformers import BertConfig, BertModel, XLMRobertaConfig, XLMRobertaModel

CELLS, BATCHES, TURNS, SECONDS = 32768, 12, 5, 0.5


def model(name):
    sizes = dict(attn_implementation="sdpa", dtype=torch.float16)
    if name == "MINILM":
        config = BertConfig(hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536)
        return BertModel._from_config(config, **sizes)
    if name == "BERT_BASE":
        return BertModel._from_config(BertConfig(), **sizes)
    config = XLMRobertaConfig(hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096,
                              vocab_size=250002, max_position_embeddings=514, type_vocab_size=1)
    return XLMRobertaModel._from_config(config, **sizes)


def batches(longest, share, vocabulary):
    made, real = [], 0
    generator = torch.Generator().manual_seed(7)
    rows = CELLS // longest
    for _ in range(BATCHES):
        mean = ((1 - share) * rows * longest - longest) / (rows - 1)
        spread = min(mean - 3, longest - mean)
        lengths = (mean + spread * (2 * torch.rand(rows - 1, generator=generator) - 1)).round().long().clamp(3, longest)
        lengths = torch.cat([lengths, torch.tensor([longest])])
        mask = torch.arange(longest)[None, :] < lengths[:, None]
        ids = torch.randint(5, vocabulary, (rows, longest), generator=generator)
        real += int(lengths.sum())
        made.append((ids.cuda(), mask.long().cuda()))
    return made, real


@torch.inference_mode()
def rate(net, made, real):
    def once():
        for ids, mask in made:
            hidden = net(input_ids=ids, attention_mask=mask).last_hidden_state
            weights = mask[:, :, None].to(hidden.dtype)
            pooled = (hidden * weights).sum(1) / weights.sum(1)
            torch.nn.functional.normalize(pooled.float(), dim=1).cpu()
        torch.cuda.synchronize()

    once()
    found = []
    for _ in range(TURNS):
        start, rounds = time.perf_counter(), 0
        while time.perf_counter() - start < SECONDS:
            once()
            rounds += 1
        found.append(rounds * real / (time.perf_counter() - start))
    return found


def main():
    print(f"pytorch | {torch.__version__} | {torch.cuda.get_device_name(0)}")
    for name in ("MINILM", "BERT_BASE", "XLM_R_LARGE"):
        net = model(name).cuda().eval()
        assert net.dtype == torch.float16, net.dtype
        for longest in (128, 512):
            for share in (0, 0.5, 0.8):
                found = rate(net, *batches(longest, share, net.config.vocab_size))
                print(f"pytorch | {name} | longest {longest} | padding {share:.1f} | {statistics.median(found):.0f} tokens/s "
                      f"({min(found):.0f} to {max(found):.0f})", flush=True)
        del net
        torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
