package dev.packhorse.engine;

import dev.packhorse.engine.contract.Device;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where somebody wants a model to be encoded, which may be left to what there is. Immutable. */
public sealed interface DeviceChoice {

    /** What choices look like, for help and messages. */
    String LABEL = "auto, cpu, cuda or cuda:N with the number of a GPU";

    /** More than 9999 GPUs are none. */
    Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,4}))?", Pattern.CASE_INSENSITIVE);

    /** The name that options use. */
    String id();

    /** A GPU where there is one that can be used, else the CPU. */
    record Auto() implements DeviceChoice {
        @Override
        public String id() {
            return "auto";
        }
    }

    /** The cores, whatever else there is. */
    record Cpu() implements DeviceChoice {
        @Override
        public String id() {
            return device().id();
        }

        /** The same for an engine. */
        public Device.Cpu device() {
            return new Device.Cpu();
        }
    }

    /**
     * GPUs; that there are none is an error.
     *
     * @param number of the only one that will do; empty for all that a task is given or, where nobody gives any, all of the
     *     machine's
     */
    record Cuda(Optional<Integer> number) implements DeviceChoice {
        @Override
        public String id() {
            return device().id();
        }

        /** The same for an engine. */
        public Device.Gpu device() {
            return number.map(n -> new Device.Gpu(String.valueOf(n))).orElse(new Device.Gpu(List.of()));
        }
    }

    /**
     * Reads what {@link #id} wrote.
     *
     * @throws IllegalArgumentException for anything else
     */
    static DeviceChoice parse(String text) {
        var written = text.strip();
        var cuda = CUDA.matcher(written);
        if (cuda.matches()) {
            return new Cuda(Optional.ofNullable(cuda.group(1)).map(Integer::valueOf));
        }
        if (written.equalsIgnoreCase(new Auto().id())) {
            return new Auto();
        }
        if (written.equalsIgnoreCase(new Cpu().id())) {
            return new Cpu();
        }
        throw new IllegalArgumentException("no such device");
    }
}
