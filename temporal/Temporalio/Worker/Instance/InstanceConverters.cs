using Temporalio.Converters;

namespace Temporalio.Worker.Instance;

/// <summary>
/// The converters of one run, bound to what is converted. The codec runs outside the workflow and later, so which context belongs to an
/// activity or child is remembered while it is pending, when there is a codec that cares.
/// </summary>
internal sealed class InstanceConverters
{
    private readonly DataConverter _unbound;
    private readonly string _namespace;
    private readonly bool _bindable;
    private readonly bool _codecCares;
    private Dictionary<uint, IPayloadCodec>? _activityCodecs;
    private Dictionary<uint, IPayloadCodec>? _childCodecs;

    public InstanceConverters(DataConverter unbound, string workflowNamespace, string workflowId)
    {
        _unbound = unbound;
        _namespace = workflowNamespace;
        Workflow = unbound.WithSerializationContext(new ISerializationContext.Workflow(workflowNamespace, workflowId));
        _bindable = unbound.PayloadConverter is IWithSerializationContext<IPayloadConverter>
            || unbound.FailureConverter is IWithSerializationContext<IFailureConverter>
            || unbound.PayloadCodec is IWithSerializationContext<IPayloadCodec>;
        _codecCares = unbound.PayloadCodec is IWithSerializationContext<IPayloadCodec>;
    }

    /// <summary>Bound to the run itself.</summary>
    public DataConverter Workflow { get; }

    /// <summary>Bound to an activity.</summary>
    public DataConverter Bind(uint activitySeq, ISerializationContext.Activity context)
    {
        var bound = _bindable ? _unbound.WithSerializationContext(context) : _unbound;
        if (_codecCares)
        {
            (_activityCodecs ??= [])[activitySeq] = bound.PayloadCodec!;
        }

        return bound;
    }

    /// <summary>Bound to a child workflow.</summary>
    public DataConverter BindChild(uint childSeq, ISerializationContext.Workflow context)
    {
        var bound = _bindable ? _unbound.WithSerializationContext(context) : _unbound;
        if (_codecCares)
        {
            (_childCodecs ??= [])[childSeq] = bound.PayloadCodec!;
        }

        return bound;
    }

    /// <summary>Bound to another workflow, without a memory: what is sent there does not come back.</summary>
    public DataConverter BindOther(string workflowId) =>
        _bindable ? _unbound.WithSerializationContext(new ISerializationContext.Workflow(_namespace, workflowId)) : _unbound;

    public void Release(uint activitySeq) => _activityCodecs?.Remove(activitySeq);

    public void ReleaseChild(uint childSeq) => _childCodecs?.Remove(childSeq);

    public IPayloadCodec ActivityCodec(uint seq) => _activityCodecs?.GetValueOrDefault(seq) ?? Workflow.PayloadCodec!;

    public IPayloadCodec ChildCodec(uint seq) => _childCodecs?.GetValueOrDefault(seq) ?? Workflow.PayloadCodec!;

    public IPayloadCodec WorkflowCodec(string workflowId) => (_codecCares ? BindOther(workflowId) : _unbound).PayloadCodec!;
}
