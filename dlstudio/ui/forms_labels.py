"""Choices as people read them: "relu" is shown as "ReLU", "one_hot" as "One hot"."""

_LABELS = {
    "relu": "ReLU",
    "gelu": "GELU",
    "silu": "SiLU (swish)",
    "selu": "SELU",
    "elu": "ELU",
    "celu": "CELU",
    "glu": "GLU",
    "relu6": "ReLU6",
    "leaky_relu": "Leaky ReLU",
    "hard_silu": "Hard SiLU",
    "adam": "Adam",
    "adamw": "AdamW",
    "sgd": "SGD",
    "rmsprop": "RMSprop",
    "nadam": "NAdam",
    "lamb": "LAMB",
    "ftrl": "FTRL",
    "rmse": "RMSE",
    "mae": "MAE",
    "r2": "R²",
    "roc_auc": "ROC AUC",
    "f1": "F1",
    "auto": "Automatic",
    "cpu": "CPU",
    "gpu": "GPU",
    "all_gpus": "All GPUs",
    "xla": "XLA",
    "fit": "Keras fit",
    "min_max": "Min–max",
    "one_hot": "One-hot",
    "non_saturating": "Non-saturating",
    "color": "Colour",
    "color_alpha": "Colour and transparency",
    "mobilenet_v3_small": "MobileNet V3 Small",
    "mobilenet_v2": "MobileNet V2",
    "efficientnet_b0": "EfficientNet B0",
    "efficientnet_v2_b0": "EfficientNet V2 B0",
    "resnet50": "ResNet50",
    "lecun_uniform": "LeCun uniform",
    "lecun_normal": "LeCun normal",
    "convnext_tiny": "ConvNeXt Tiny",
    "lstm": "LSTM",
    "gru": "GRU",
    "tf_idf": "TF-IDF",
    "l1": "L1",
    "l2": "L2",
    "best_f1": "Best F1",
    "fnn": "FNN",
    "cnn": "CNN",
    "rnn": "RNN",
    "vae": "VAE",
    "gan": "GAN",
}


def choice_label(choice: object) -> str:
    """Write a value of a closed set for people.

    Args:
        choice: The value as the spec holds it, such as "leaky_relu"; None where nothing is chosen.

    Returns:
        The label; a value without one of its own becomes words that begin with a capital.
    """
    if choice is None:
        return "Automatic"
    text = str(choice)
    words = text.replace("_", " ").replace(":", " ")
    return _LABELS.get(text, words[:1].upper() + words[1:])
