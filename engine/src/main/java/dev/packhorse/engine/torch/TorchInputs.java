package dev.packhorse.engine.torch;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.padded.InputKind;
import dev.packhorse.engine.padded.PaddedInput;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What each parameter of a module is fed: by its name where all names are known, else by its place.
 *
 * @param kinds in the order of the parameters
 * @param description which is which, for people
 */
record TorchInputs(List<InputKind> kinds, String description) {

    TorchInputs {
        kinds = List.copyOf(kinds);
    }

    /**
     * Holds a module's parameters against what we can feed.
     *
     * @param where the file, for messages
     * @param padding of the model, as {@link Architecture#padding()}
     * @throws ModelException when there are too many, or other things than tensors, or no token ids among them
     */
    static TorchInputs of(List<Parameter> parameters, String where, int padding) {
        var most = InputKind.values().length;
        if (parameters.isEmpty()
                || parameters.size() > most
                || !parameters.stream().allMatch(Parameter::isTensor)) {
            throw new ModelException(
                    "%s: expected forward to take 1 to %d tensors, found (%s); trace it again with a module that takes %s"
                            .formatted(
                                    where,
                                    most,
                                    parameters.stream().map(Parameter::toString).collect(Collectors.joining(", ")),
                                    "input_ids and attention_mask"));
        }
        var inputs = parameters.stream()
                        .allMatch(parameter -> InputKind.named(parameter.name()).isPresent())
                ? byName(parameters, where)
                : byPlace(parameters, where);
        if (padding == Architecture.UNKNOWN_PADDING && inputs.kinds.contains(InputKind.POSITIONS)) {
            throw new ModelException(
                    "%s: expected no position_ids, or a config.json that tells where positions begin, found them and no config.json; put it beside the file"
                            .formatted(where));
        }
        return inputs;
    }

    private static TorchInputs byName(List<Parameter> parameters, String where) {
        var kinds = parameters.stream()
                .map(parameter -> InputKind.named(parameter.name()).orElseThrow())
                .toList();
        if (!kinds.contains(InputKind.TOKENS)) {
            throw new ModelException("%s: expected a parameter input_ids, found %s".formatted(where, parameters));
        }
        return new TorchInputs(
                kinds, "inputs by name: " + kinds.stream().map(InputKind::id).collect(Collectors.joining(", ")));
    }

    private static TorchInputs byPlace(List<Parameter> parameters, String where) {
        var kinds = List.of(InputKind.values()).subList(0, parameters.size());
        var said = new ArrayList<String>();
        for (var i = 0; i < kinds.size(); i++) {
            var name = parameters.get(i).name();
            var known = InputKind.named(name);
            if (known.isPresent() && known.get() != kinds.get(i)) {
                throw new ModelException(
                        "%s: expected parameters that all have a known name, or stand in the order %s, found %s"
                                .formatted(
                                        where,
                                        kinds.stream().map(InputKind::id).toList(),
                                        parameters.stream().map(Parameter::name).toList()));
            }
            said.add("%s is fed %s".formatted(name, kinds.get(i).id()));
        }
        return new TorchInputs(kinds, "inputs by place: " + String.join(", ", said));
    }

    /** For what fills them: PyTorch takes integers of 64 bits. */
    List<PaddedInput> padded() {
        return kinds.stream().map(kind -> new PaddedInput(kind, true)).toList();
    }
}
