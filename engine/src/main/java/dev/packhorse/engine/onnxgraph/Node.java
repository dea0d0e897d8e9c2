package dev.packhorse.engine.onnxgraph;

import java.util.List;
import java.util.Map;

/** A node before it is written. */
record Node(String name, Operator operator, List<String> inputs, List<String> outputs, List<Attribute> attributes) {

    /**
     * NodeProto: input 1, output 2, name 3, op_type 4, attribute 5, domain 7.
     *
     * @param renamed values that have other names in the end
     */
    ProtobufWriter proto(Map<String, String> renamed) {
        var proto = new ProtobufWriter();
        inputs.forEach(input -> proto.text(1, renamed.getOrDefault(input, input)));
        outputs.forEach(output -> proto.text(2, renamed.getOrDefault(output, output)));
        proto.text(3, name).text(4, operator.type());
        attributes.forEach(attribute -> proto.message(5, attribute.proto()));
        if (!operator.domain().isEmpty()) {
            proto.text(7, operator.domain());
        }
        return proto;
    }
}
