"""A whole base of 4 MB made of random numbers, so that the real way of loading one is what is tested."""

import json


def write_tiny_base(folder, seed=0):
    """Write a Stable Diffusion of 32 and 64 channels with a tokenizer of bytes, as diffusers writes any other."""
    import torch
    from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        unet = UNet2DConditionModel(
            sample_size=16,
            in_channels=4,
            out_channels=4,
            layers_per_block=1,
            block_out_channels=(32, 64),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=32,
            attention_head_dim=8,
            norm_num_groups=8,
        )
        vae = AutoencoderKL(
            block_out_channels=(16, 32),
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
            latent_channels=4,
            norm_num_groups=8,
        )
        text = CLIPTextModel(
            CLIPTextConfig(
                vocab_size=514,
                hidden_size=32,
                intermediate_size=64,
                num_hidden_layers=2,
                num_attention_heads=2,
                max_position_embeddings=32,
                bos_token_id=512,
                eos_token_id=513,
                pad_token_id=513,
            )
        )
    pipe = StableDiffusionPipeline(
        vae=vae,
        unet=unet,
        text_encoder=text,
        tokenizer=_bytes(folder),
        scheduler=DDIMScheduler(steps_offset=1, clip_sample=False),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.save_pretrained(folder, safe_serialization=True)
    return folder


def _bytes(folder):
    """Return a tokenizer that knows bytes only: no merges, nothing from elsewhere."""
    from transformers import CLIPTokenizer

    words = folder.parent / "words"
    words.mkdir(parents=True, exist_ok=True)
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    signs = [chr(n) for n in kept] + [chr(256 + n) for n in range(256 - len(kept))]
    known = {sign: number for number, sign in enumerate([*signs, *(sign + "</w>" for sign in signs)])}
    known |= {"<|startoftext|>": 512, "<|endoftext|>": 513}
    (words / "vocab.json").write_text(json.dumps(known))
    (words / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer(str(words / "vocab.json"), str(words / "merges.txt"), model_max_length=32)
