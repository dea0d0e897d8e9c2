package dev.packhorse.engine.torch;

/**
 * A parameter of a module's {@code forward}.
 *
 * @param type as the file has it, such as {@code Tensor}
 */
record Parameter(String name, String type) {

    boolean isTensor() {
        return type.equals("Tensor") || type.equals("Optional[Tensor]");
    }

    @Override
    public String toString() {
        return name + ": " + type;
    }
}
