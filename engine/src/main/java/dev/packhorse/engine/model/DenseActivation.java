package dev.packhorse.engine.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a {@link Step.Dense} does to each of its outputs; named by PyTorch's classes. */
public enum DenseActivation {
    /** Nothing. */
    IDENTITY("identity", "torch.nn.modules.linear.Identity"),
    /** The hyperbolic tangent. */
    TANH("tanh", "torch.nn.modules.activation.Tanh"),
    /** max(x, 0). */
    RELU("relu", "torch.nn.modules.activation.ReLU"),
    /** x times the normal distribution's cumulative function at x, as torch.nn.GELU has it by default. */
    GELU("gelu", "torch.nn.modules.activation.GELU"),
    /** The logistic function, 1 / (1 + exp(-x)). */
    SIGMOID("sigmoid", "torch.nn.modules.activation.Sigmoid");

    private final String id;
    private final String torchClass;

    DenseActivation(String id, String torchClass) {
        this.id = id;
        this.torchClass = torchClass;
    }

    /** The name that fingerprints and messages use. */
    public String id() {
        return id;
    }

    /** The name that {@code activation_function} has in a Dense module's config.json. */
    public String torchClass() {
        return torchClass;
    }

    /** The activation of that class of PyTorch's, where it is one of these. */
    public static Optional<DenseActivation> ofTorchClass(String name) {
        return Arrays.stream(values()).filter(a -> a.torchClass.equals(name)).findFirst();
    }

    /** All classes, for messages. */
    public static String torchClasses() {
        return Arrays.stream(values()).map(DenseActivation::torchClass).collect(Collectors.joining(", "));
    }
}
