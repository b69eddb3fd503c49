"""Adam and AdamW on all weights at once.

Keras spells an Adam step out in about thirty operations for each variable. Here the gradients are
laid end to end and the same arithmetic runs once, on one long vector. The graph is a third smaller,
which counts twice: small runs spend most of their time on tracing it, larger ones on starting its
operations. (TensorFlow's own `ResourceApplyAdam` is slower than either on small variables.)
"""

from typing import Any

import keras
import numpy as np
import tensorflow as tf


class _FlatStep:
    """Replaces variables and update of Keras's Adam; one distribution strategy keeps Keras's."""

    # Provided by Keras's class.
    _trainable_variables: list[Any]
    iterations: Any
    learning_rate: Any
    beta_1: float
    beta_2: float
    epsilon: float
    weight_decay: float | None
    built: bool

    def build(self, var_list: list[Any]) -> None:
        """Create the two moments, each as one vector over all variables."""
        if self.built:
            return
        kinds = {variable.dtype for variable in var_list}
        self._is_flat = kinds == {"float32"} and not tf.distribute.has_strategy()
        if not self._is_flat:
            super().build(var_list)  # pyright: ignore
            return
        keras.optimizers.Optimizer.build(self, var_list)  # pyright: ignore
        self._sizes = [int(np.prod(variable.shape)) for variable in var_list]
        add_variable: Any = self.add_variable  # pyright: ignore
        self._momentum = add_variable((sum(self._sizes),), name="momentum")
        self._velocity = add_variable((sum(self._sizes),), name="velocity")

    def _backend_update_step(
        self,
        grads: list[Any],
        trainable_variables: list[Any],
        learning_rate: Any,  # noqa: ANN401
    ) -> None:
        if not self._is_flat:
            super()._backend_update_step(grads, trainable_variables, learning_rate)  # pyright: ignore
            return
        update = self._update(self._end_to_end(grads, trainable_variables), learning_rate)
        parts = tf.split(update, self._sizes) if len(self._sizes) > 1 else [update]
        for variable, part in zip(self._trainable_variables, parts, strict=True):
            variable.value.assign_sub(tf.reshape(part, variable.shape), read_value=False)

    def _end_to_end(self, grads: list[Any], variables: list[Any]) -> tf.Tensor:
        # A variable that the loss does not depend on has no gradient; zero leaves it as it is.
        found = {id(variable): grad for grad, variable in zip(grads, variables, strict=True)}
        parts = [
            tf.reshape(found[id(variable)], [-1])
            if id(variable) in found
            else tf.zeros([int(np.prod(variable.shape))])
            for variable in self._trainable_variables
        ]
        return tf.concat(parts, 0)

    def _update(self, gradient: tf.Tensor, learning_rate: Any) -> tf.Tensor:  # noqa: ANN401
        step = tf.cast(tf.convert_to_tensor(self.iterations) + 1, tf.float32)
        rate = tf.cast(tf.convert_to_tensor(learning_rate), tf.float32)
        alpha = rate * tf.sqrt(1 - tf.pow(self.beta_2, step)) / (1 - tf.pow(self.beta_1, step))
        momentum, velocity = self._momentum.value, self._velocity.value
        momentum.assign_add((gradient - momentum) * (1 - self.beta_1), read_value=False)
        velocity.assign_add((tf.square(gradient) - velocity) * (1 - self.beta_2), read_value=False)
        return (momentum * alpha) / (tf.sqrt(velocity) + self.epsilon)

    def _apply_weight_decay(self, variables: list[Any]) -> None:
        if not self.weight_decay:
            return
        if not self._is_flat:
            super()._apply_weight_decay(variables)  # pyright: ignore
            return
        shrinking = tf.cast(tf.convert_to_tensor(self.learning_rate), tf.float32)
        shrinking *= self.weight_decay
        for variable in variables:
            if self._use_weight_decay(variable):  # pyright: ignore
                variable.value.assign_sub(variable.value * shrinking, read_value=False)


class FlatAdam(_FlatStep, keras.optimizers.Adam):
    """Keras's Adam on all weights at once."""


class FlatAdamW(_FlatStep, keras.optimizers.AdamW):
    """Keras's AdamW on all weights at once."""
