using System.Reflection;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Temporalio.Worker.Invocation;

/// <summary>Turns payloads into the arguments of a method. Payloads beyond the parameters are ignored, optional parameters may lack theirs.</summary>
internal static class ArgumentDecoder
{
    /// <exception cref="ArgumentException">A required parameter has no payload.</exception>
    public static object?[] Decode(IPayloadConverter converter, IReadOnlyList<ParameterInfo> parameters, IReadOnlyList<Payload> payloads)
    {
        if (parameters.Count == 0)
        {
            return [];
        }

        var arguments = new object?[parameters.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            var parameter = parameters[i];
            if (i < payloads.Count)
            {
                arguments[i] = converter.ToValue(payloads[i], parameter.ParameterType);
            }
            else if (parameter.HasDefaultValue)
            {
                arguments[i] = parameter.DefaultValue;
            }
            else
            {
                throw new ArgumentException($"Expected {Required(parameters)} parameter(s), got {payloads.Count}");
            }
        }

        return arguments;
    }

    /// <summary>As many arguments as there are payloads for; whoever is called fills in the optional rest.</summary>
    /// <exception cref="ArgumentException">A required parameter has no payload.</exception>
    public static object?[] Decode(IPayloadConverter converter, IReadOnlyList<Type> types, int required, IReadOnlyList<Payload> payloads)
    {
        if (payloads.Count < required)
        {
            throw new ArgumentException($"Expected {required} parameter(s), got {payloads.Count}");
        }

        var count = Math.Min(payloads.Count, types.Count);
        var arguments = count == 0 ? [] : new object?[count];
        for (var i = 0; i < count; i++)
        {
            arguments[i] = converter.ToValue(payloads[i], types[i]);
        }

        return arguments;
    }

    /// <summary>The payloads as they are, for a dynamic handler.</summary>
    public static IRawValue[] Raw(IReadOnlyList<Payload> payloads)
    {
        var values = new IRawValue[payloads.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = new RawValue(payloads[i]);
        }

        return values;
    }

    private static int Required(IReadOnlyList<ParameterInfo> parameters) => parameters.Count(p => !p.HasDefaultValue);
}
